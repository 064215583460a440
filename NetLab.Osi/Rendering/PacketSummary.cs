using System.Buffers.Binary;
using System.Text;
using NetLab.Osi.DataLink;
using NetLab.Osi.Decoding;
using NetLab.Osi.Model;
using NetLab.Osi.Network;
using NetLab.Osi.Physical;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Rendering;

/// <summary>
/// A decoded packet in one line: number, time since the first, ends, protocols, and what it is about: the segment with what
/// stands out about it, the name asked for, method and status, the server's name, the login, the file.
/// </summary>
public sealed class PacketSummary
{
    private readonly Utf8Text _text = new();
    private readonly SummaryFields _fields;
    private long? _firstTime;

    /// <summary>Makes one for a capture.</summary>
    public PacketSummary() => _fields = new SummaryFields(_text);

    /// <summary>What a terminal is told to begin a layer's color, and, for no layer, to end it; null for no colors.</summary>
    public Func<OsiLayer?, string>? Color { get; set; }

    /// <summary>What a terminal is told to begin a mark of what is wrong; null for no colors.</summary>
    public string? MarkColor { get; set; }

    /// <summary>The line.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    public string Line(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Compose(packet, bytes);
        return Take();
    }

    /// <summary>What the packet is about: its segment, the message it completes, or how many bytes it carries.</summary>
    internal string About(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        AppendSegment(packet, bytes, withSession: false);
        AppendFields(packet, bytes, names: true);
        return Take();
    }

    /// <summary>The message it completes, into another text; nothing if it completes none.</summary>
    internal void AppendMessage(DecodedPacket packet, ReadOnlySpan<byte> bytes, Utf8Text to)
    {
        AppendFields(packet, bytes, names: true);
        to.Append(_text.Written.Trim((byte)' '));
        _text.Clear();
    }

    /// <summary>Who sent it to whom.</summary>
    internal string Ends(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        AppendEnds(packet, bytes);
        return Take();
    }

    /// <summary>Who sent it to whom, into another text.</summary>
    internal void AppendEnds(DecodedPacket packet, ReadOnlySpan<byte> bytes, Utf8Text to)
    {
        AppendEnds(packet, bytes);
        Move(to);
    }

    /// <summary>What the packet is about, into another text; what stands out about a segment is told elsewhere.</summary>
    internal void AppendAbout(DecodedPacket packet, ReadOnlySpan<byte> bytes, Utf8Text to)
    {
        AppendSegment(packet, bytes, withSession: false);
        Move(to);
    }

    /// <summary>Writes the line; <see cref="Flush"/> writes out what is still held back.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="output">Where it goes.</param>
    public void Write(DecodedPacket packet, ReadOnlySpan<byte> bytes, Stream output)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(output);
        Compose(packet, bytes);
        _text.Append((byte)'\n');
        _text.FlushIfLarge(output);
    }

    /// <summary>Writes out what is still held back.</summary>
    public void Flush(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _text.Flush(output);
    }

    private void Move(Utf8Text to)
    {
        to.Append(_text.Written);
        _text.Clear();
    }

    private string Take()
    {
        string text = Encoding.UTF8.GetString(_text.Written).Trim();
        _text.Clear();
        return text;
    }

    private void Compose(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        _firstTime ??= packet.Time;
        long since = packet.Time is { } time ? (long)Int128.Clamp((Int128)time - _firstTime!.Value, -long.MaxValue, long.MaxValue) : 0;
        _text.AppendRight(packet.Number, 6);
        _text.Append((byte)' ');
        bool isBefore = since < 0;
        long microseconds = (long)(((ulong)Math.Abs(since) + 500) / 1000);
        if (isBefore)
        {
            _text.Append((byte)'-');
        }

        _text.AppendRight(microseconds / 1_000_000, 4);
        _text.Append((byte)'.');
        _text.AppendZeros(microseconds % 1_000_000, 6);
        _text.Append("  "u8);
        AppendEnds(packet, bytes);
        _text.Append("  "u8);
        _text.AppendRight(packet.OriginalLength, 5);
        _text.Append("  "u8);
        AppendProtocols(packet);
        AppendSegment(packet, bytes, withSession: true);
        int before = _text.Length;
        _text.Append((byte)' ');
        BeginColor(packet.Entries[^1].Layer);
        int begin = _text.Length;
        AppendFields(packet, bytes, names: false);
        if (_text.Length == begin)
        {
            _text.Truncate(before);
        }
        else
        {
            EndColor();
        }

        if (packet.Stop is { } stop)
        {
            _text.Append("  "u8);
            BeginMark();
            _text.Append((byte)'[');
            _text.Append(stop.ToString());
            _text.Append((byte)']');
            EndMark();
        }
    }

    private void AppendProtocols(DecodedPacket packet)
    {
        bool isFirst = true;
        ReadOnlySpan<LayerEntry> entries = packet.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly LayerEntry entry = ref entries[i];
            if (entry.Protocol == FrameProtocol.Value || entry.Protocol == TcpSession.Value || entry.Protocol == DataProtocol.Value)
            {
                continue;
            }

            if (!isFirst)
            {
                _text.Append((byte)'/');
            }

            isFirst = false;
            BeginColor(entry.Layer);
            _text.Append(entry.Protocol.Utf8Name);
            int first = i;
            while (entry.Protocol == TcpProtocol.Value && i + 1 < entries.Length && entries[i + 1].Protocol == TcpProtocol.Value)
            {
                i++;
            }

            if (i > first)
            {
                _text.Append("×"u8);
                _text.Append(i - first + 1);
            }

            EndColor();
        }
    }

    private void AppendEnds(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        int ends = -1;
        int ports = -1;
        ReadOnlySpan<LayerEntry> entries = packet.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].IsQuoted)
            {
                break;
            }

            Protocol protocol = entries[i].Protocol;
            if ((protocol == EthernetProtocol.Value && ends < 0 && entries[i].HeaderLength == EthernetHeader.Size)
                || protocol == Ipv4Protocol.Value || protocol == Ipv6Protocol.Value)
            {
                (ends, ports) = (i, -1);
            }
            else if (protocol == UdpProtocol.Value || (protocol == TcpProtocol.Value && ports < 0))
            {
                ports = i;
            }
        }

        if (ends < 0)
        {
            _text.Append("? → ?"u8);
            return;
        }

        AppendEnd(packet, bytes, entries[ends], ports < 0 ? null : entries[ports], isSource: true);
        _text.Append(" → "u8);
        AppendEnd(packet, bytes, entries[ends], ports < 0 ? null : entries[ports], isSource: false);
    }

    private void AppendEnd(DecodedPacket packet, ReadOnlySpan<byte> bytes, in LayerEntry entry, LayerEntry? transport, bool isSource)
    {
        ReadOnlySpan<byte> header = packet.BufferOf(bytes, entry)[entry.Offset..];
        Span<byte> room = _text.GetSpan(AddressText.MaxLength);
        _text.Advance(
            entry.Protocol == EthernetProtocol.Value ? AddressText.Mac(header.Slice(isSource ? 6 : 0, 6), room)
            : entry.Protocol == Ipv4Protocol.Value ? AddressText.Ip(header.Slice(isSource ? 12 : 16, 4), room)
            : AddressText.Ip(header.Slice(isSource ? 8 : 24, 16), room));
        if (transport is { } with)
        {
            _text.Append((byte)':');
            _text.Append(BinaryPrimitives.ReadUInt16BigEndian(packet.BufferOf(bytes, with)[(with.Offset + (isSource ? 0 : 2))..]));
        }
    }

    private void AppendFields(DecodedPacket packet, ReadOnlySpan<byte> bytes, bool names)
    {
        _fields.Begin(names);
        PacketDecoder.Describe(bytes, packet, _fields);
    }

    private void AppendSegment(DecodedPacket packet, ReadOnlySpan<byte> bytes, bool withSession)
    {
        foreach (ref readonly LayerEntry entry in packet.Entries)
        {
            if (entry.Protocol != TcpProtocol.Value || entry.IsQuoted || !TcpHeader.TryRead(packet.BufferOf(bytes, entry)[entry.Offset..], out TcpHeader header))
            {
                continue;
            }

            TcpSegmentFacts? facts = packet.Session;
            _text.Append("  "u8);
            BeginColor(OsiLayer.Transport);
            _text.Append(TcpHeader.FlagNames(header.Flags));
            _text.Append(" seq="u8);
            _text.Append(facts?.RelativeSequence ?? header.Sequence);
            if (header.Has(TcpHeader.Ack))
            {
                _text.Append(" ack="u8);
                _text.Append(facts?.RelativeAcknowledgment ?? header.Acknowledgment);
            }

            // RFC 7323, 2.2: the window of a SYN is never scaled.
            _text.Append(" win="u8);
            _text.Append((long)header.Window << (header.Has(TcpHeader.Syn) ? 0 : facts?.WindowShift ?? 0));

            _text.Append(" len="u8);
            _text.Append(PayloadOf(packet, bytes));
            EndColor();
            if (withSession && facts is not null)
            {
                AppendSession(facts);
            }

            return;
        }

        ref readonly LayerEntry last = ref packet.Entries[^1];
        if (last.Protocol == DataProtocol.Value)
        {
            _text.Append("  "u8);
            _text.Append(last.WireLength);
            _text.Append(" bytes"u8);
        }
    }

    // As long as it was on the wire, however much of it was captured; of a batch, all segments together.
    private static long PayloadOf(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        long length = 0;
        bool isBatch = false;
        foreach (ref readonly LayerEntry entry in packet.Entries)
        {
            if (entry.Protocol == TcpProtocol.Value && !entry.IsQuoted && TcpHeader.TryRead(packet.BufferOf(bytes, entry)[entry.Offset..], out TcpHeader header))
            {
                length += Math.Max(0, entry.WireLength - header.HeaderLength);
                isBatch = true;
            }
            else if (isBatch)
            {
                break;
            }
        }

        return length;
    }

    private void AppendSession(TcpSegmentFacts facts)
    {
        if (facts.Analysis != TcpAnalysisFlags.None)
        {
            BeginMark();
            foreach (string name in TcpAnalysisNames.Of(facts.Analysis))
            {
                _text.Append((byte)' ');
                _text.Append(name);
            }

            EndMark();
        }
        else if (facts.IsRetransmission)
        {
            BeginMark();
            _text.Append(" retransmission"u8);
            EndMark();
        }

        _text.Append(" ["u8);
        _text.Append(TcpSession.NameOf(facts.State));
        _text.Append((byte)']');
    }

    private void BeginColor(OsiLayer layer)
    {
        if (Color is { } color)
        {
            _text.Append(color(layer));
        }
    }

    private void EndColor()
    {
        if (Color is { } color)
        {
            _text.Append(color(null));
        }
    }

    private void BeginMark()
    {
        if (MarkColor is { } color)
        {
            _text.Append(color);
        }
    }

    private void EndMark()
    {
        if (MarkColor is not null)
        {
            EndColor();
        }
    }
}
