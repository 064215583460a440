using System.Buffers.Binary;

namespace NetLab.Osi.Transport;

/// <summary>A TCP header (RFC 9293, 3.1), read where it stands.</summary>
internal readonly ref struct TcpHeader
{
    public const int MinSize = 20;
    public const int Fin = 0x01;
    public const int Syn = 0x02;
    public const int Rst = 0x04;
    public const int Ack = 0x10;

    private static readonly string?[] Names = new string?[0x1000];

    private readonly ReadOnlySpan<byte> _bytes;

    private TcpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public int SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    public int DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    public uint Acknowledgment => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    public int HeaderLength => (_bytes[12] >> 4) * 4;

    /// <summary>Twelve bits: the three reserved ones, AE, and the eight of RFC 9293 and RFC 3168.</summary>
    public int Flags => BinaryPrimitives.ReadUInt16BigEndian(_bytes[12..]) & 0xFFF;

    public int Window => BinaryPrimitives.ReadUInt16BigEndian(_bytes[14..]);

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[16..]);

    public int UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_bytes[18..]);

    public bool Has(int flags) => (Flags & flags) == flags;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpHeader header)
    {
        header = bytes.Length >= MinSize ? new TcpHeader(bytes[..MinSize]) : default;
        return bytes.Length >= MinSize;
    }

    /// <summary>The names of flags, made once for each of the 4096 combinations that is asked for.</summary>
    public static string FlagNames(int flags) => Names[flags & 0xFFF] ??= NamesFor(flags);

    private static string NamesFor(int flags)
    {
        (int Bit, string Name)[] names = [(Fin, "FIN"), (Syn, "SYN"), (Rst, "RST"), (8, "PSH"), (Ack, "ACK"), (0x20, "URG"), (0x40, "ECE"), (0x80, "CWR"), (0x100, "AE")];
        return string.Join(", ", names.Where(n => (flags & n.Bit) != 0).Select(n => n.Name));
    }
}
