using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace NetLab.Osi.Presentation;

/// <summary>
/// Inflates the messages of a WebSocket connection (RFC 7692, 7.2.2): each ends where its sender flushed, and may refer to the
/// last 32 KiB of those before it.
/// </summary>
internal sealed class MessageInflater
{
    // RFC 1951, 3.2.4: a stored block has a header of five bytes and at most so many behind it.
    private const int Window = 32 << 10;
    private const int StoredHeader = 5;

    private byte[] _window = [];

    /// <summary>Bytes that it holds.</summary>
    public int Held => _window.Length;

    /// <summary>Inflates a message.</summary>
    /// <param name="message">Its bytes, without the empty block that the sender left away.</param>
    /// <param name="most">Bytes that it may become.</param>
    /// <param name="budget">What everything inflated may become.</param>
    /// <returns>The message; null if it is broken or too long, after which those behind it cannot be inflated.</returns>
    public byte[]? Inflate(ReadOnlySpan<byte> message, int most, ContentBudget budget)
    {
        // The window goes before as a stored block, and an empty last block ends the whole.
        int before = _window.Length > 0 ? StoredHeader + _window.Length : 0;
        int size = before + message.Length + 4 + StoredHeader;
        byte[] coded = ArrayPool<byte>.Shared.Rent(size);
        byte[] output = ArrayPool<byte>.Shared.Rent(_window.Length + most + 1);
        try
        {
            Write(coded.AsSpan(0, size), before, message);
            budget.Begin(message.Length);
            using var stream = new BudgetedStream(new DeflateStream(new MemoryStream(coded, 0, size), CompressionMode.Decompress), budget);
            int count = stream.ReadAtLeast(output, _window.Length + most + 1, throwOnEndOfStream: false);
            if (count < _window.Length || count > _window.Length + most)
            {
                return null;
            }

            byte[] inflated = output[_window.Length..count];
            _window = output[Math.Max(0, count - Window)..count];
            return inflated;
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(coded);
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    private void Write(Span<byte> coded, int before, ReadOnlySpan<byte> message)
    {
        if (before > 0)
        {
            coded[0] = 0;
            BinaryPrimitives.WriteUInt16LittleEndian(coded[1..], (ushort)_window.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(coded[3..], (ushort)~_window.Length);
            _window.CopyTo(coded[StoredHeader..]);
        }

        message.CopyTo(coded[before..]);
        ReadOnlySpan<byte> ends = [0, 0, 0xFF, 0xFF, 1, 0, 0, 0xFF, 0xFF];
        ends.CopyTo(coded[(before + message.Length)..]);
    }
}
