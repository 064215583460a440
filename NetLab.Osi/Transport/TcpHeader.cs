using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>A TCP header (RFC 9293, 3.1) without its options, read where it stands.</summary>
public readonly ref struct TcpHeader : IHeaderView<TcpHeader>
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinSize = 20;

    /// <summary>The sender has no more to send.</summary>
    public const int Fin = 0x01;

    /// <summary>The sequence number is the sender's first.</summary>
    public const int Syn = 0x02;

    /// <summary>The connection is reset.</summary>
    public const int Rst = 0x04;

    /// <summary>The receiver is to hand over what it has.</summary>
    public const int Psh = 0x08;

    /// <summary>The acknowledgment number is significant.</summary>
    public const int Ack = 0x10;

    /// <summary>The urgent pointer is significant.</summary>
    public const int Urg = 0x20;

    private static readonly string?[] Names = new string?[0x1000];

    private readonly ReadOnlySpan<byte> _bytes;

    private TcpHeader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The port of the sender.</summary>
    public int SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The port of the receiver.</summary>
    public int DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>The sequence number of the first byte, or of SYN, as sent.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>The sequence number expected next, as sent; significant with <see cref="Ack"/>.</summary>
    public uint Acknowledgment => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    /// <summary>Bytes of header and options, 0 to 60; less than <see cref="MinSize"/> is wrong.</summary>
    public int HeaderLength => (_bytes[12] >> 4) * 4;

    /// <summary>Twelve bits: the three reserved ones, AE, and the eight of RFC 9293 and RFC 3168.</summary>
    public int Flags => BinaryPrimitives.ReadUInt16BigEndian(_bytes[12..]) & 0xFFF;

    /// <summary>The receive window as sent, not scaled (RFC 7323, 2.2).</summary>
    public int Window => BinaryPrimitives.ReadUInt16BigEndian(_bytes[14..]);

    /// <summary>The checksum.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[16..]);

    /// <summary>Where urgent data ends, behind <see cref="Sequence"/>; significant with <see cref="Urg"/>.</summary>
    public int UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_bytes[18..]);

    /// <summary>Whether all of some flags are set.</summary>
    /// <param name="flags">The flags, joined: <c>TcpHeader.Syn | TcpHeader.Ack</c>.</param>
    public bool Has(int flags) => (Flags & flags) == flags;

    /// <inheritdoc/>
    public static bool Reads(Protocol protocol) => protocol == TcpProtocol.Value;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpHeader view)
    {
        view = bytes.Length >= MinSize ? new TcpHeader(bytes[..MinSize]) : default;
        return bytes.Length >= MinSize;
    }

    /// <summary>The names of flags, joined by a comma and a blank, as "SYN, ACK".</summary>
    /// <param name="flags">Twelve bits; those above are ignored. Each combination's text is made once.</param>
    public static string FlagNames(int flags) => Names[flags & 0xFFF] ??= NamesFor(flags);

    private static string NamesFor(int flags)
    {
        (int Bit, string Name)[] names = [(Fin, "FIN"), (Syn, "SYN"), (Rst, "RST"), (Psh, "PSH"), (Ack, "ACK"), (Urg, "URG"), (0x40, "ECE"), (0x80, "CWR"), (0x100, "AE")];
        return string.Join(", ", names.Where(n => (flags & n.Bit) != 0).Select(n => n.Name));
    }
}
