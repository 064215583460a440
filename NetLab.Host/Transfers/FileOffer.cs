using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace NetLab.Host.Transfers;

/// <summary>
/// What stands before a file on a byte stream: magic "NLF1", two bytes of name length, eight of file size, the name. The
/// file follows, then its SHA-256; the receiver answers with one byte, its verdict.
/// </summary>
/// <param name="Name">The file's name without folders.</param>
/// <param name="Size">Its bytes.</param>
internal sealed record FileOffer(string Name, long Size)
{
    public const int HashSize = 32;
    public const byte Intact = 1;
    public const byte Damaged = 0;

    private const uint Magic = 0x4E4C_4631; // "NLF1"
    private const int FixedSize = 4 + 2 + 8;
    private const int MaxNameBytes = 255;

    /// <summary>Bytes the offer takes on the stream.</summary>
    public int Length => FixedSize + Encoding.UTF8.GetByteCount(Name);

    /// <summary>Writes the offer.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        byte[] name = Encoding.UTF8.GetBytes(Name);
        Span<byte> bytes = output.GetSpan(FixedSize + name.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)name.Length);
        BinaryPrimitives.WriteInt64BigEndian(bytes[6..], Size);
        name.CopyTo(bytes[FixedSize..]);
        output.Advance(FixedSize + name.Length);
    }

    /// <summary>Reads an offer from the beginning of a stream.</summary>
    /// <param name="bytes">What has arrived; moved behind the offer.</param>
    /// <param name="offer">The offer, or null when more bytes are needed.</param>
    /// <exception cref="InvalidDataException">The peer does not send a file.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> bytes, out FileOffer? offer)
    {
        offer = null;
        var reader = new SequenceReader<byte>(bytes);
        if (!reader.TryReadBigEndian(out int magic))
        {
            return false;
        }

        if ((uint)magic != Magic)
        {
            throw new InvalidDataException("the peer does not send a file: use nlab send at the other end");
        }

        if (!reader.TryReadBigEndian(out short nameLength) || !reader.TryReadBigEndian(out long size))
        {
            return false;
        }

        if ((ushort)nameLength > MaxNameBytes || size < 0)
        {
            throw new InvalidDataException("the peer's offer of a file makes no sense");
        }

        if (!reader.TryReadExact((ushort)nameLength, out ReadOnlySequence<byte> name))
        {
            return false;
        }

        offer = new FileOffer(SafeName(Encoding.UTF8.GetString(name)), size);
        bytes = reader.UnreadSequence;
        return true;
    }

    /// <summary>A name from elsewhere as a plain file name: never a path, never empty.</summary>
    public static string SafeName(string name)
    {
        string last = name.Split('/', '\\')[^1];
        char[] kept = [.. last.Where(c => !char.IsControl(c) && !Path.GetInvalidFileNameChars().Contains(c))];
        string safe = new string(kept).Trim('.', ' ');
        return safe.Length == 0 ? "received" : safe;
    }
}
