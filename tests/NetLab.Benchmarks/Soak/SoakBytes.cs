using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NetLab.Benchmarks.Soak;

/// <summary>Bytes that a seed tells, and their SHA-256.</summary>
internal static class SoakBytes
{
    private const int BlockSize = 32 << 10;

    /// <summary>Writes so many bytes.</summary>
    /// <returns>Their SHA-256; of those that were written, if nobody reads any more.</returns>
    public static async Task<byte[]> WriteAsync(PipeWriter output, long count, ulong seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ulong state = seed;
        FlushResult flushed = default;
        for (long left = count; left > 0 && !flushed.IsCompleted;)
        {
            Memory<byte> block = output.GetMemory(BlockSize)[..BlockSize];
            Fill(block.Span, ref state);
            int length = (int)Math.Min(left, block.Length);
            hash.AppendData(block.Span[..length]);
            output.Advance(length);
            left -= length;
            flushed = await output.FlushAsync().ConfigureAwait(false);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Reads so many bytes.</summary>
    /// <returns>Their SHA-256.</returns>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public static async Task<byte[]> ReadAsync(PipeReader input, long count, Func<Task>? pause = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (count > 0)
        {
            ReadResult read = await input.ReadAsync().ConfigureAwait(false);
            var taken = read.Buffer.Slice(0, Math.Min(count, read.Buffer.Length));
            foreach (ReadOnlyMemory<byte> piece in taken)
            {
                hash.AppendData(piece.Span);
            }

            count -= taken.Length;
            input.AdvanceTo(taken.End);
            if (read.IsCompleted && count > 0)
            {
                throw new EndOfStreamException($"{count} bytes are missing");
            }

            if (pause is not null)
            {
                await pause().ConfigureAwait(false);
            }
        }

        return hash.GetHashAndReset();
    }

    // SplitMix64: a good mixture at memory speed.
    private static void Fill(Span<byte> bytes, ref ulong state)
    {
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            state += 0x9E37_79B9_7F4A_7C15;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            word = z ^ (z >> 31);
        }
    }
}
