using NetLab.Osi.Presentation;

namespace NetLab.Osi.Transport.Quic;

/// <summary>The frames that Initial packets may hold (RFC 9000, 12.4 and 19).</summary>
internal static class QuicFrames
{
    private const int Padding = 0;
    private const int Ping = 1;
    private const int Ack = 2;
    private const int AckWithEcn = 3;
    private const int Crypto = 6;

    // Google's versions have another number for it.
    private const int GoogleCrypto = 8;

    /// <summary>Takes the CRYPTO frames out; ends at the first frame that an Initial packet may not hold, or at one that lies.</summary>
    public static void Take(ReadOnlySpan<byte> frames, bool isGoogles, QuicConnection.CryptoStream stream, TlsDetail detail)
    {
        int at = 0;
        while (at < frames.Length)
        {
            switch (frames[at++])
            {
                case Padding or Ping:
                    break;
                case Ack:
                    if (!SkipAck(frames, ref at, 0))
                    {
                        return;
                    }

                    break;
                case AckWithEcn:
                    if (!SkipAck(frames, ref at, 3))
                    {
                        return;
                    }

                    break;
                case Crypto when !isGoogles:
                case GoogleCrypto when isGoogles:
                    if (!TryReadNumber(frames, ref at, out long offset) || !TryReadNumber(frames, ref at, out long length) || length > frames.Length - at)
                    {
                        return;
                    }

                    stream.Take(offset, frames.Slice(at, (int)length), detail);
                    at += (int)length;
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>Reads a number of one, two, four or eight bytes (RFC 9000, 16).</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> bytes, ref int at, out long value)
    {
        value = 0;
        int length = at < bytes.Length ? 1 << (bytes[at] >> 6) : int.MaxValue;
        if (length > bytes.Length - at)
        {
            return false;
        }

        value = bytes[at] & 0x3F;
        for (int i = 1; i < length; i++)
        {
            value = (value << 8) | bytes[at + i];
        }

        at += length;
        return true;
    }

    // Largest acknowledged, delay, count of ranges, first range, two numbers a range, three counts with ECN.
    private static bool SkipAck(ReadOnlySpan<byte> frames, ref int at, int counts)
    {
        if (!TryReadNumber(frames, ref at, out _) || !TryReadNumber(frames, ref at, out _)
            || !TryReadNumber(frames, ref at, out long ranges) || !TryReadNumber(frames, ref at, out _))
        {
            return false;
        }

        for (long i = 0; i < (2 * Math.Min(ranges, frames.Length)) + counts; i++)
        {
            if (!TryReadNumber(frames, ref at, out _))
            {
                return false;
            }
        }

        return true;
    }
}
