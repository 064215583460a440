using System.Buffers.Binary;
using System.Text;

namespace NetLab.Osi.Captures;

/// <summary>
/// Reads pcapng (draft-ietf-opsawg-pcapng): any number of sections in either byte order, any number of interfaces, every
/// time resolution; blocks that are no packets are passed over.
/// </summary>
internal sealed class PcapngReader : CaptureReader
{
    /// <summary>Block type of a section header: the same in either byte order.</summary>
    public const uint SectionHeader = 0x0A0D0D0A;

    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint Custom = 0xBAD;
    private const uint CustomNotCopied = 0x4000_0BAD;
    public const uint DecryptionSecrets = 10;
    public const uint TlsKeyLog = 0x544C_534B;
    private const int CommentOption = 1;

    // A key log of ten thousand connections; more than that is none.
    private const int MaxSecrets = 8 << 20;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const int MajorVersion = 1;

    // Sixteen bytes on Linux, a GUID with a prefix on Windows; there may be many interfaces.
    private const int MaxName = 256;
    private const int MaxInterfaces = 1 << 16;

    private readonly List<Interface> _interfaces = [];
    private readonly StringBuilder _keyLog = new();
    private long _secretBytes;
    private long _bodyOffset = -1;
    private bool _bigEndian;
    private long _number;
    private long _customBlocks;

    public PcapngReader(CaptureStream stream)
        : base(stream)
    {
    }

    private protected override bool HasPacket(ReadOnlySpan<byte> buffered) =>
        buffered.Length >= 12 && Read32(buffered) is SimplePacket or EnhancedPacket or ObsoletePacket && Read32(buffered[4..]) <= buffered.Length;

    public override bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        while (Damage is null && TryReadBlock(out uint type, out ReadOnlySpan<byte> body))
        {
            bool isPacket = type switch
            {
                EnhancedPacket => TryReadEnhanced(body, out packet),
                SimplePacket => TryReadSimple(body, out packet),
                ObsoletePacket => TryReadObsolete(body, out packet),
                _ => false,
            };
            if (type == InterfaceDescription)
            {
                ReadInterface(body);
            }
            else if (type == DecryptionSecrets)
            {
                ReadSecrets(body);
            }

            if (isPacket)
            {
                return true;
            }
        }

        return false;
    }

    public override string? TakeKeyLog()
    {
        if (_keyLog.Length == 0)
        {
            return null;
        }

        string log = _keyLog.ToString();
        _keyLog.Clear();
        return log;
    }

    private bool TryReadBlock(out uint type, out ReadOnlySpan<byte> body)
    {
        body = default;
        type = 0;
        if (!Stream.TryPeek(12, out ReadOnlySpan<byte> head))
        {
            Damage = head.IsEmpty ? null : $"cut short: at byte {Stream.Position} a block header has {head.Length} of 12 bytes";
            return false;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(head) == SectionHeader)
        {
            uint magic = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
            if (magic is not (ByteOrderMagic or 0x4D3C2B1A))
            {
                Damage = $"damaged: at byte {Stream.Position} a section header without its byte-order magic";
                return false;
            }

            if (Stream.TryPeek(16, out head))
            {
                int major = magic == ByteOrderMagic ? BinaryPrimitives.ReadUInt16LittleEndian(head[12..]) : BinaryPrimitives.ReadUInt16BigEndian(head[12..]);
                if (major != MajorVersion)
                {
                    Damage = $"at byte {Stream.Position} a section of pcapng version {major}: only {MajorVersion} is known";
                    return false;
                }
            }

            // A new section: what was said of interfaces before no longer holds.
            _bigEndian = magic != ByteOrderMagic;
            _interfaces.Clear();
        }

        type = Read32(head);
        uint said = Read32(head[4..]);

        // Some writers leave the padding out of the length, and write it all the same.
        uint length = said > int.MaxValue ? said : (said + 3) & ~3u;
        if (length < 12 || length > int.MaxValue)
        {
            Damage = $"damaged: at byte {Stream.Position} a block claims {said} bytes";
            return false;
        }

        bool wanted = type is InterfaceDescription or EnhancedPacket or SimplePacket or ObsoletePacket || (type == DecryptionSecrets && length <= MaxSecrets);
        if (!wanted)
        {
            _customBlocks += type is Custom or CustomNotCopied ? 1 : 0;
            long position = Stream.Position;
            if (!Stream.TrySkip(length))
            {
                Damage = $"cut short: the block at byte {position} claims {length} bytes, {Stream.Position - position} are there";
                return false;
            }

            return true;
        }

        // 64 KiB for the options beside the packet.
        if (length > MaxPacketBytes + (64 << 10) && type != DecryptionSecrets)
        {
            Damage = $"damaged: at byte {Stream.Position} a block claims {length} bytes, more than any packet needs";
            return false;
        }

        if (!Stream.TryPeek((int)length, out ReadOnlySpan<byte> block))
        {
            Damage = $"cut short: the block at byte {Stream.Position} claims {length} bytes, {block.Length} are there";
            return false;
        }

        if (Read32(block[^4..]) != said)
        {
            Damage = $"damaged: the block at byte {Stream.Position} says {said} bytes in front and {Read32(block[^4..])} behind";
            return false;
        }

        _bodyOffset = Stream.IsPlainFile ? Stream.Position + 8 : -1;
        Stream.Take(block.Length);
        body = block[8..^4];
        return true;
    }

    private void ReadInterface(ReadOnlySpan<byte> body)
    {
        if (_interfaces.Count >= MaxInterfaces)
        {
            Damage = $"before byte {Stream.Position} one interface more than the {MaxInterfaces} that are read";
            return;
        }

        if (body.Length < 8)
        {
            Damage = $"damaged: before byte {Stream.Position} an interface description of {body.Length} bytes";
            return;
        }

        int linkType = Read16(body);
        int snapLength = (int)Math.Min(Read32(body[4..]), int.MaxValue);
        string? name = null;
        byte resolution = 6;
        long offset = 0;
        ReadOnlySpan<byte> options = body[8..];
        while (options.Length >= 4)
        {
            int code = Read16(options);
            int length = Read16(options[2..]);
            options = options[4..];
            if (code == 0 || length > options.Length)
            {
                break;
            }

            ReadOnlySpan<byte> value = options[..length];
            switch (code)
            {
                case 2:
                    name = Encoding.UTF8.GetString(value[..Math.Min(value.Length, MaxName)]).TrimEnd('\0');
                    break;
                case 9 when length == 1:
                    resolution = value[0];
                    break;
                case 14 when length == 8:
                    offset = _bigEndian ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value);
                    break;
                default:
                    break;
            }

            options = options[Math.Min(options.Length, (length + 3) & ~3)..];
        }

        _interfaces.Add(new Interface(new CaptureInterface(linkType, snapLength, name), new TimeResolution(resolution, offset)));
    }

    private void ReadSecrets(ReadOnlySpan<byte> body)
    {
        if (body.Length >= 8 && Read32(body) == TlsKeyLog && Read32(body[4..]) is var length && length <= body.Length - 8)
        {
            _secretBytes += length;
            if (_secretBytes <= MaxSecrets)
            {
                _keyLog.Append(Encoding.UTF8.GetString(body.Slice(8, (int)length))).Append('\n');
            }
        }
    }

    // A note stands among the options behind the packet's bytes, which are padded to four.
    private string? CommentOf(ReadOnlySpan<byte> options)
    {
        while (options.Length >= 4)
        {
            int code = Read16(options);
            int length = Read16(options[2..]);
            options = options[4..];
            if (code == 0 || length > options.Length)
            {
                return null;
            }

            if (code == CommentOption)
            {
                return Encoding.UTF8.GetString(options[..length]);
            }

            options = options[Math.Min(options.Length, (length + 3) & ~3)..];
        }

        return null;
    }

    private bool TryReadEnhanced(ReadOnlySpan<byte> body, out CapturedPacket packet)
    {
        packet = default;
        if (body.Length < 20)
        {
            return Fail($"an enhanced packet block of {body.Length} bytes");
        }

        ulong time = ((ulong)Read32(body[4..]) << 32) | Read32(body[8..]);
        return TryMake(Read32(body), time, Read32(body[12..]), Read32(body[16..]), body[20..], out packet);
    }

    private bool TryReadObsolete(ReadOnlySpan<byte> body, out CapturedPacket packet)
    {
        packet = default;
        if (body.Length < 20)
        {
            return Fail($"a packet block of {body.Length} bytes");
        }

        ulong time = ((ulong)Read32(body[4..]) << 32) | Read32(body[8..]);
        return TryMake((uint)Read16(body), time, Read32(body[12..]), Read32(body[16..]), body[20..], out packet);
    }

    private bool TryReadSimple(ReadOnlySpan<byte> body, out CapturedPacket packet)
    {
        packet = default;
        if (body.Length < 4 || _interfaces.Count == 0)
        {
            return Fail($"a simple packet block of {body.Length} bytes, {_interfaces.Count} interfaces described");
        }

        uint original = Read32(body);
        int snapLength = _interfaces[0].Description.SnapLength;
        long captured = snapLength == 0 ? original : Math.Min(original, snapLength);
        if (captured > body.Length - 4)
        {
            return Fail($"packet {_number + 1} claims {captured} captured bytes, its block has room for {body.Length - 4}");
        }

        packet = new CapturedPacket(++_number, _interfaces[0].Description, null, original, body.Slice(4, (int)captured), fileOffset: OffsetOf(4), customBlocks: _customBlocks);
        return true;
    }

    private bool TryMake(uint index, ulong time, uint captured, uint original, ReadOnlySpan<byte> data, out CapturedPacket packet)
    {
        packet = default;
        if (index >= _interfaces.Count)
        {
            return Fail($"packet {_number + 1} names interface {index}, {_interfaces.Count} are described");
        }

        if (captured > data.Length)
        {
            return Fail($"packet {_number + 1} claims {captured} captured bytes, its block has room for {data.Length}");
        }

        Interface source = _interfaces[(int)index];
        int padded = ((int)captured + 3) & ~3;
        string? comment = padded < data.Length ? CommentOf(data[padded..]) : null;
        packet = new CapturedPacket(++_number, source.Description, source.Resolution.ToNanoseconds(time), original, data[..(int)captured], comment, OffsetOf(20), customBlocks: _customBlocks);
        return true;
    }

    private long OffsetOf(int placeInBody) => _bodyOffset < 0 ? -1 : _bodyOffset + placeInBody;

    private bool Fail(string what)
    {
        Damage = $"damaged: before byte {Stream.Position} {what}";
        return false;
    }

    private uint Read32(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private int Read16(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private sealed record Interface(CaptureInterface Description, TimeResolution Resolution);
}
