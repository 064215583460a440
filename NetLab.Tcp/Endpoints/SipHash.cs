using System.Buffers.Binary;
using System.Numerics;

namespace NetLab.Tcp.Endpoints;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash that an outsider can neither predict nor steer.</summary>
internal readonly struct SipHash(ulong key0, ulong key1)
{
    /// <summary>The 64-bit hash of a message.</summary>
    public ulong Hash(ReadOnlySpan<byte> message)
    {
        ulong v0 = key0 ^ 0x736f_6d65_7073_6575;
        ulong v1 = key1 ^ 0x646f_7261_6e64_6f6d;
        ulong v2 = key0 ^ 0x6c79_6765_6e65_7261;
        ulong v3 = key1 ^ 0x7465_6462_7974_6573;
        ulong last = (ulong)message.Length << 56;
        for (; message.Length >= 8; message = message[8..])
        {
            Compress(ref v0, ref v1, ref v2, ref v3, BinaryPrimitives.ReadUInt64LittleEndian(message));
        }

        for (int i = 0; i < message.Length; i++)
        {
            last |= (ulong)message[i] << (8 * i);
        }

        Compress(ref v0, ref v1, ref v2, ref v3, last);
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Compress(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3, ulong word)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
