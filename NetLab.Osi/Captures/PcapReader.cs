using System.Buffers.Binary;

namespace NetLab.Osi.Captures;

/// <summary>
/// Reads pcap (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds, Kuznetzov's variant with eight more bytes
/// a packet, Navtel's with nanoseconds, and Ixia's two, whose file header is four bytes longer. Files of Nokia's boxes, SuSE 6.3
/// and Red Hat 6.1, whose packet headers are longer though the file header does not say it, are known by the lengths in them;
/// before version 2.3 the two lengths of a packet stood the other way round.
/// </summary>
internal sealed class PcapReader : CaptureReader
{
    private const uint Microseconds = 0xA1B2C3D4;
    private const uint Nanoseconds = 0xA1B23C4D;
    private const uint Modified = 0xA1B2CD34;
    private const uint Navtel = 0xA12B3C4D;
    private const uint IxiaHardware = 0x1C0001AC;
    private const uint IxiaSoftware = 0x1C0001AB;
    private const int FileHeaderSize = 24;
    private const int MajorVersion = 2;
    private const int LengthsInOrder = 3;

    // Bytes of a packet's header: as the format says, and as some systems wrote it.
    private const int HeaderSize = 16;
    private const int ModifiedHeaderSize = 24;

    private static readonly int[] HeaderSizes = [HeaderSize, 24, 20];
    private static readonly int[] ModifiedHeaderSizes = [ModifiedHeaderSize, 28];

    private readonly bool _bigEndian;
    private readonly int _unit;
    private readonly int _recordHeaderSize;
    private readonly int _minor;
    private readonly CaptureInterface _interface;
    private long _number;

    private PcapReader(CaptureStream stream, bool bigEndian, uint magic, int minor, int recordHeaderSize, CaptureInterface source)
        : base(stream)
    {
        _bigEndian = bigEndian;
        _unit = magic is Nanoseconds or Navtel or IxiaHardware or IxiaSoftware ? 1 : 1000;
        (_recordHeaderSize, _minor) = (recordHeaderSize, minor);
        _interface = source;
    }

    /// <summary>Opens a pcap file; null if the first bytes are of another format.</summary>
    public static PcapReader? TryOpen(CaptureStream stream)
    {
        stream.TryPeek(FileHeaderSize, out ReadOnlySpan<byte> header);
        uint little = BinaryPrimitives.ReadUInt32LittleEndian(header);
        bool bigEndian = !IsMagic(little);
        uint magic = bigEndian ? BinaryPrimitives.ReverseEndianness(little) : little;
        if (!IsMagic(magic))
        {
            return null;
        }

        if (header.Length < FileHeaderSize)
        {
            return new PcapReader(stream, bigEndian, magic, 0, HeaderSize, new CaptureInterface(1, 0))
            {
                Damage = $"cut short: the file header has {header.Length} of {FileHeaderSize} bytes",
            };
        }

        (int major, int minor) = (Read16(header[4..], bigEndian), Read16(header[6..], bigEndian));
        if (major != MajorVersion)
        {
            throw new InvalidDataException($"pcap of version {major}.{minor}: only {MajorVersion}.x is known");
        }

        // The upper half of the link type holds what the FCS is like; only the lower half is the type.
        int linkType = (int)(Read32(header[20..], bigEndian) & 0xFFFF);
        uint snapLength = Read32(header[16..], bigEndian);
        stream.Take(FileHeaderSize);
        if (magic is IxiaHardware or IxiaSoftware)
        {
            stream.TrySkip(4);
        }

        int[] sizes = magic == Modified ? ModifiedHeaderSizes : magic == Microseconds ? HeaderSizes : [HeaderSize];
        int size = Array.Find(sizes, s => Fits(stream.Buffered, s, bigEndian, minor, least: s == sizes[0] ? 0 : 2));
        return new PcapReader(stream, bigEndian, magic, minor, size == 0 ? sizes[0] : size, new CaptureInterface(linkType, (int)Math.Min(snapLength, int.MaxValue)));
    }

    public override bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        if (Damage is not null)
        {
            return false;
        }

        if (!Stream.TryPeek(_recordHeaderSize, out ReadOnlySpan<byte> header))
        {
            Damage = header.IsEmpty ? null : $"cut short: at byte {Stream.Position} a packet header has {header.Length} of {_recordHeaderSize} bytes";
            return false;
        }

        uint seconds = Read32(header, _bigEndian);
        uint fraction = Read32(header[4..], _bigEndian);
        (uint captured, uint original) = Lengths(header, _bigEndian, _minor);
        if (captured > MaxPacketBytes)
        {
            Damage = $"damaged: at byte {Stream.Position} packet {_number + 1} claims {captured} captured bytes, more than the {MaxPacketBytes} any capture keeps";
            return false;
        }

        if (!Stream.TryPeek(_recordHeaderSize + (int)captured, out ReadOnlySpan<byte> record))
        {
            Damage = $"cut short: at byte {Stream.Position} packet {_number + 1} has {record.Length - _recordHeaderSize} of {captured} bytes";
            return false;
        }

        Stream.Take(record.Length);
        long time = (seconds * 1_000_000_000L) + ((long)fraction * _unit);
        packet = new CapturedPacket(++_number, _interface, time, original, record[_recordHeaderSize..], fileOffset: Stream.IsPlainFile ? Stream.Position - captured : -1);
        return true;
    }

    private protected override bool HasPacket(ReadOnlySpan<byte> buffered) =>
        buffered.Length >= _recordHeaderSize && buffered.Length - _recordHeaderSize >= Lengths(buffered, _bigEndian, _minor).Captured;

    // Whether the first packets stand where headers of this size would put them: so many at least.
    private static bool Fits(ReadOnlySpan<byte> bytes, int headerSize, bool bigEndian, int minor, int least)
    {
        uint first = 0;
        int found = 0;
        for (int i = 0; i < 4 && bytes.Length >= headerSize; i++)
        {
            const uint Year = 31_536_000;
            uint seconds = Read32(bytes, bigEndian);
            first = i == 0 ? seconds : first;
            (uint captured, uint original) = Lengths(bytes, bigEndian, minor);
            if (Read32(bytes[4..], bigEndian) >= 1_000_000 || captured > MaxPacketBytes || captured > original || Math.Abs((long)seconds - first) > Year)
            {
                return false;
            }

            if (bytes.Length < headerSize + captured)
            {
                break;
            }

            found++;
            bytes = bytes[(headerSize + (int)captured)..];
        }

        return found >= least;
    }

    // Version 2.3 was written in both orders: what was captured is never more than there was.
    private static (uint Captured, uint Original) Lengths(ReadOnlySpan<byte> header, bool bigEndian, int minor)
    {
        uint first = Read32(header[8..], bigEndian);
        uint second = Read32(header[12..], bigEndian);
        return minor < LengthsInOrder || (minor == LengthsInOrder && first > second) ? (second, first) : (first, second);
    }

    private static int Read16(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static bool IsMagic(uint value) => value is Microseconds or Nanoseconds or Modified or Navtel or IxiaHardware or IxiaSoftware;

    private static uint Read32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
