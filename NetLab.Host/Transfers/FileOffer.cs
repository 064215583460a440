using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace NetLab.Host.Transfers;

/// <summary>
/// What stands before a file on a byte stream: magic "NLF2", a byte of kind, two bytes of name length, eight of size (-1 if nobody
/// knows it yet), the name. The receiver answers with a <see cref="FileAnswer"/>; then the file follows.
/// </summary>
/// <param name="Kind">What is sent.</param>
/// <param name="Name">Its name without folders.</param>
/// <param name="Size">Its bytes; null if they are not counted before they are sent.</param>
internal sealed record FileOffer(FileOfferKind Kind, string Name, long? Size)
{
    /// <summary>Bytes of a SHA-256.</summary>
    public const int HashSize = 32;

    private const uint Magic = 0x4E4C_4632; // "NLF2"
    private const int FixedSize = 4 + 1 + 2 + 8;

    // The longest name that file systems have (NAME_MAX).
    private const int MaxNameBytes = 255;

    /// <summary>Bytes the offer takes on the stream.</summary>
    public int Length => FixedSize + Encoding.UTF8.GetByteCount(Name);

    /// <summary>Writes the offer.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        byte[] name = Encoding.UTF8.GetBytes(Name);
        Span<byte> bytes = output.GetSpan(FixedSize + name.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        bytes[4] = (byte)Kind;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[5..], (ushort)name.Length);
        BinaryPrimitives.WriteInt64BigEndian(bytes[7..], Size ?? -1);
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
            throw new InvalidDataException("the peer does not send a file: use nlab send of the same version at the other end");
        }

        if (!reader.TryRead(out byte kind) || !reader.TryReadBigEndian(out short nameLength) || !reader.TryReadBigEndian(out long size))
        {
            return false;
        }

        if ((ushort)nameLength > MaxNameBytes || size < -1 || !Enum.IsDefined((FileOfferKind)kind))
        {
            throw new InvalidDataException("the peer's offer of a file makes no sense");
        }

        if (!reader.TryReadExact((ushort)nameLength, out ReadOnlySequence<byte> name))
        {
            return false;
        }

        offer = new FileOffer((FileOfferKind)kind, SafeName(Encoding.UTF8.GetString(name)), size < 0 ? null : size);
        bytes = reader.UnreadSequence;
        return true;
    }

    /// <summary>
    /// A name from elsewhere as a plain file name: never a path, never empty, never longer than a file system takes, and without what
    /// would be seen as something else than it is (control characters, and format characters such as those of bidirectional text).
    /// </summary>
    public static string SafeName(string name)
    {
        string last = name.Split('/', '\\')[^1];
        var safe = new StringBuilder();
        int bytes = 0;
        foreach (Rune rune in last.EnumerateRunes())
        {
            bool isShown = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
            if (isShown && !(rune.IsBmp && Path.GetInvalidFileNameChars().Contains((char)rune.Value)) && (bytes += rune.Utf8SequenceLength) <= MaxNameBytes)
            {
                safe.Append(rune.ToString());
            }
        }

        string trimmed = safe.ToString().Trim('.', ' ');
        return trimmed.Length == 0 ? "received" : trimmed;
    }
}
