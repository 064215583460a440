using System.Buffers.Binary;

namespace NetLab.Osi.Transport;

/// <summary>Walks the chunks of an SCTP packet (RFC 9260, 3.2): type, flags, length, value, filled up to four bytes.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="first">Where the first chunk begins in them.</param>
internal ref struct SctpChunks(ReadOnlySpan<byte> bytes, int first)
{
    public const int HeaderSize = 4;

    private const int DataChunk = 0;
    private const int InterleavedData = 64;
    private const int EndFlag = 1;
    private const int BeginFlag = 2;
    private const int UnorderedFlag = 4;
    private const int BeginsAndEnds = BeginFlag | EndFlag;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _next = first;

    /// <summary>The chunk's type.</summary>
    public int Type { get; private set; } = 0;

    /// <summary>Where it begins.</summary>
    public int Offset { get; private set; } = first;

    /// <summary>Bytes of header and value, as the header says.</summary>
    public int Length { get; private set; } = 0;

    /// <summary>Whether the bytes ended within a chunk.</summary>
    public bool IsShort { get; private set; } = false;

    /// <summary>Whether it brings data.</summary>
    public readonly bool IsData => Type is DataChunk or InterleavedData && Length >= LeastLength(Type);

    /// <summary>Whether it brings a message that is in no other chunk.</summary>
    public readonly bool IsWholeMessage => IsData && (_bytes[Offset + 1] & BeginsAndEnds) == BeginsAndEnds && PayloadOffset <= _bytes.Length;

    /// <summary>Whether it brings a part of a message, all of whose bytes are there.</summary>
    public readonly bool IsFragment => IsData && !IsShort && (_bytes[Offset + 1] & BeginsAndEnds) != BeginsAndEnds;

    /// <summary>Whether a message begins with its data.</summary>
    public readonly bool Begins => (_bytes[Offset + 1] & BeginFlag) != 0;

    /// <summary>Whether a message ends with its data.</summary>
    public readonly bool Ends => (_bytes[Offset + 1] & EndFlag) != 0;

    /// <summary>Its data.</summary>
    public readonly ReadOnlySpan<byte> Payload => _bytes[PayloadOffset..Math.Min(_bytes.Length, Offset + Length)];

    /// <summary>Which message a fragment belongs to, where messages are interleaved (RFC 8260, 2.1); else 0.</summary>
    public readonly ulong Message => Type == InterleavedData
        ? (1UL << 63) | ((ulong)(_bytes[Offset + 1] & UnorderedFlag) << 48) | ((ulong)BinaryPrimitives.ReadUInt16BigEndian(_bytes[(Offset + 8)..]) << 32) | BinaryPrimitives.ReadUInt32BigEndian(_bytes[(Offset + 12)..])
        : 0;

    /// <summary>What orders a fragment among the others: the transmission sequence number, or that of the fragment in its message, whose first has none.</summary>
    public readonly uint FragmentNumber => Type == InterleavedData ? Begins ? 0 : PayloadProtocol : BinaryPrimitives.ReadUInt32BigEndian(_bytes[(Offset + 4)..]);

    /// <summary>Where its data begin.</summary>
    public readonly int PayloadOffset => Offset + LeastLength(Type);

    /// <summary>What data carry (IANA): the last four bytes before them, which with interleaving are so only in a message's first chunk (RFC 8260, 2.1).</summary>
    public readonly uint PayloadProtocol => BinaryPrimitives.ReadUInt32BigEndian(_bytes[(PayloadOffset - 4)..]);

    /// <summary>The least length of a chunk of a type.</summary>
    public static int LeastLength(int type) => type switch
    {
        DataChunk => 16,
        1 or 2 => 20,
        3 => 16,
        7 => 8,
        InterleavedData => 20,
        _ => HeaderSize,
    };

    /// <summary>Moves to the next chunk whose header is there.</summary>
    public bool MoveNext()
    {
        if (_bytes.Length - _next < HeaderSize)
        {
            return false;
        }

        Offset = _next;
        Type = _bytes[_next];
        Length = BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_next + 2)..]);
        IsShort = Offset + Length > _bytes.Length;
        _next += Math.Max(HeaderSize, (Length + 3) & ~3);
        return true;
    }

    /// <summary>The name of a type of chunks.</summary>
    public static string? NameOf(int type) => type switch
    {
        DataChunk => "data",
        1 => "initiation",
        2 => "initiation acknowledged",
        3 => "selective acknowledgment",
        4 => "heartbeat",
        5 => "heartbeat acknowledged",
        6 => "abort",
        7 => "shutdown",
        8 => "shutdown acknowledged",
        9 => "error",
        10 => "cookie echo",
        11 => "cookie acknowledged",
        14 => "shutdown complete",
        15 => "authentication",
        InterleavedData => "interleaved data",
        128 => "address change acknowledged",
        130 => "stream reconfiguration",
        132 => "padding",
        192 => "forward sequence number",
        193 => "address change",
        _ => null,
    };
}
