using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace NetLab.Osi.Presentation;

/// <summary>
/// SHA-256 (FIPS 180-4) whose state is plain memory, so that a sum can be copied in the middle and taken on from there more than once, which the system's cannot.
/// Several times slower than that one: for decoders that are copied, and no others.
/// </summary>
internal sealed class CopyableSha256
{
    private const int BlockSize = 64;
    private const int Rounds = 64;

    // The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
    private static readonly uint[] Constants = [.. Primes(Rounds).Select(p => Fraction(BigInteger.Pow(2, 96) * p, 3))];

    // And of the square roots of the first eight (5.3.3).
    private static readonly uint[] Initial = [.. Primes(8).Select(p => Fraction(BigInteger.Pow(2, 64) * p, 2))];

    private readonly uint[] _state = [.. Initial];
    private readonly byte[] _block = new byte[BlockSize];
    private long _length;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        int used = (int)(_length % BlockSize);
        _length += bytes.Length;
        if (used > 0)
        {
            int step = Math.Min(BlockSize - used, bytes.Length);
            bytes[..step].CopyTo(_block.AsSpan(used));
            bytes = bytes[step..];
            if (used + step < BlockSize)
            {
                return;
            }

            Take(_block);
        }

        for (; bytes.Length >= BlockSize; bytes = bytes[BlockSize..])
        {
            Take(bytes);
        }

        bytes.CopyTo(_block);
    }

    /// <summary>The sum; nothing can be added behind it.</summary>
    public byte[] Finish()
    {
        long bits = _length * 8;
        Span<byte> end = stackalloc byte[2 * BlockSize];
        end.Clear();
        end[0] = 0x80;
        int size = BlockSize - (int)(_length % BlockSize);
        size += size < 9 ? BlockSize : 0;
        BinaryPrimitives.WriteInt64BigEndian(end[(size - 8)..], bits);
        Append(end[..size]);
        byte[] sum = new byte[32];
        for (int i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(sum.AsSpan(4 * i), _state[i]);
        }

        return sum;
    }

    // FIPS 180-4, 6.2.2.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[Rounds];
        for (int t = 0; t < 16; t++)
        {
            w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * t)..]);
        }

        for (int t = 16; t < w.Length; t++)
        {
            (uint x, uint y) = (w[t - 15], w[t - 2]);
            uint s0 = BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);
            uint s1 = BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10);
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }

        uint[] s = _state;
        (uint a, uint b, uint c, uint d, uint e, uint f, uint g, uint h) = (s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]);
        ReadOnlySpan<uint> k = Constants;
        for (int t = 0; t < w.Length && t < k.Length; t++)
        {
            uint sum1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            uint first = h + sum1 + ((e & f) ^ (~e & g)) + k[t] + w[t];
            uint sum0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            uint second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }

        (s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]) = (s[0] + a, s[1] + b, s[2] + c, s[3] + d, s[4] + e, s[5] + f, s[6] + g, s[7] + h);
    }

    private static IEnumerable<int> Primes(int count) => Enumerable.Range(2, 400).Where(n => Enumerable.Range(2, n).TakeWhile(d => d * d <= n).All(d => n % d != 0)).Take(count);

    // 32 bits behind the point of a root: the root of a number that was shifted by as many bits for each power.
    private static uint Fraction(BigInteger shifted, int power)
    {
        BigInteger low = 0, high = BigInteger.Pow(2, 40);
        while (high - low > 1)
        {
            BigInteger middle = (low + high) / 2;
            (low, high) = BigInteger.Pow(middle, power) <= shifted ? (middle, high) : (low, middle);
        }

        return (uint)(low & uint.MaxValue);
    }
}
