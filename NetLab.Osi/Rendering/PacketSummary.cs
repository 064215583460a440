using System.Buffers.Binary;
using System.Text;
using NetLab.Osi.DataLink;
using NetLab.Osi.Network;
using NetLab.Osi.Physical;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Rendering;

/// <summary>A decoded packet in one line: number, time since the first, ends, protocols, and what it is about.</summary>
public sealed class PacketSummary
{
    private readonly Utf8Text _text = new();
    private long? _firstTime;

    /// <summary>The line.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    public string Line(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Compose(packet, bytes);
        return Take();
    }

    /// <summary>What the packet is about: its segment, or how many bytes it carries.</summary>
    internal string About(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        AppendAbout(packet, bytes, withSession: false);
        return Take();
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
        AppendAbout(packet, bytes, withSession: false);
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
        string text = Encoding.UTF8.GetString(_text.Written).TrimEnd();
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
        AppendAbout(packet, bytes, withSession: true);
        if (packet.Stop is { } stop)
        {
            _text.Append("  ["u8);
            _text.Append(stop.ToString());
            _text.Append((byte)']');
        }
    }

    private void AppendProtocols(DecodedPacket packet)
    {
        bool isFirst = true;
        foreach (ref readonly LayerEntry entry in packet.Entries)
        {
            if (entry.Protocol == FrameProtocol.Value || entry.Protocol == TcpSession.Value || entry.Protocol == DataProtocol.Value)
            {
                continue;
            }

            if (!isFirst)
            {
                _text.Append((byte)'/');
            }

            isFirst = false;
            _text.Append(entry.Protocol.Utf8Name);
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

    private void AppendAbout(DecodedPacket packet, ReadOnlySpan<byte> bytes, bool withSession)
    {
        foreach (ref readonly LayerEntry entry in packet.Entries)
        {
            if (entry.Protocol != TcpProtocol.Value || entry.IsQuoted || !TcpHeader.TryRead(packet.BufferOf(bytes, entry)[entry.Offset..], out TcpHeader header))
            {
                continue;
            }

            _text.Append("  "u8);
            _text.Append(TcpHeader.FlagNames(header.Flags));
            _text.Append(" seq="u8);
            _text.Append(packet.Session?.RelativeSequence ?? header.Sequence);
            if (header.Has(TcpHeader.Ack))
            {
                _text.Append(" ack="u8);
                _text.Append(packet.Session?.RelativeAcknowledgment ?? header.Acknowledgment);
            }

            _text.Append(" win="u8);
            _text.Append(header.Window);
            _text.Append(" len="u8);
            _text.Append(entry.PayloadLength);
            if (withSession && packet.Session is { } facts)
            {
                AppendSession(facts);
            }

            return;
        }

        ref readonly LayerEntry last = ref packet.Entries[^1];
        if (last.Protocol == DataProtocol.Value)
        {
            _text.Append("  "u8);
            _text.Append(last.Length);
            _text.Append(" bytes"u8);
        }
    }

    private void AppendSession(TcpSegmentFacts facts)
    {
        if (facts.Analysis != TcpAnalysisFlags.None)
        {
            foreach (string name in TcpAnalysisNames.Of(facts.Analysis))
            {
                _text.Append((byte)' ');
                _text.Append(name);
            }
        }
        else if (facts.IsRetransmission)
        {
            _text.Append(" retransmission"u8);
        }

        _text.Append(" ["u8);
        _text.Append(TcpSession.NameOf(facts.State));
        _text.Append((byte)']');
    }
}
