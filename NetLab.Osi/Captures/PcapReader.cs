using System.Buffers.Binary;

namespace NetLab.Osi.Captures;

/// <summary>
/// Reads pcap (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds, Kuznetzov's variant with eight more bytes
/// a packet, Navtel's with nanoseconds, and Ixia's two, whose file header is four bytes longer.
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

    private readonly bool _bigEndian;
    private readonly int _unit;
    private readonly int _recordHeaderSize;
    private readonly CaptureInterface _interface;
    private long _number;

    private PcapReader(CaptureStream stream, bool bigEndian, uint magic, CaptureInterface source)
        : base(stream)
    {
        _bigEndian = bigEndian;
        _unit = magic is Nanoseconds or Navtel or IxiaHardware or IxiaSoftware ? 1 : 1000;
        _recordHeaderSize = magic == Modified ? 24 : 16;
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
            return new PcapReader(stream, bigEndian, magic, new CaptureInterface(1, 0))
            {
                Damage = $"cut short: the file header has {header.Length} of {FileHeaderSize} bytes",
            };
        }

        // The upper half of the link type holds what the FCS is like; only the lower half is the type.
        int linkType = (int)(Read32(header[20..], bigEndian) & 0xFFFF);
        uint snapLength = Read32(header[16..], bigEndian);
        stream.Take(FileHeaderSize);
        if (magic is IxiaHardware or IxiaSoftware)
        {
            stream.TrySkip(4);
        }

        return new PcapReader(stream, bigEndian, magic, new CaptureInterface(linkType, (int)Math.Min(snapLength, int.MaxValue)));
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
        uint captured = Read32(header[8..], _bigEndian);
        uint original = Read32(header[12..], _bigEndian);
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
        packet = new CapturedPacket(++_number, _interface, time, original, record[_recordHeaderSize..]);
        return true;
    }

    private static bool IsMagic(uint value) => value is Microseconds or Nanoseconds or Modified or Navtel or IxiaHardware or IxiaSoftware;

    private static uint Read32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
