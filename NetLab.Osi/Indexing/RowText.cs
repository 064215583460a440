using System.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Physical;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Session;

namespace NetLab.Osi.Indexing;

/// <summary>
/// The words of a packet's row: the protocol, "from → to", what it is about, and the capture's note on it, each ended by a zero byte. They are
/// made when the packet is indexed, while the decoder knows its conversation. Of a segment without a message, numbers are kept instead (<see cref="SegmentRow"/>).
/// </summary>
/// <param name="keepsNumbers">Whether they are; without them, all rows are words.</param>
internal sealed class RowText(bool keepsNumbers = true)
{
    private readonly PacketSummary _summary = new();
    private readonly Utf8Text _text = new();

    /// <summary>The words; valid until the next call.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="layer">The layer of the protocol that the row names.</param>
    public ReadOnlySpan<byte> Of(DecodedPacket packet, ReadOnlySpan<byte> bytes, out OsiLayer layer)
    {
        _text.Clear();
        if (keepsNumbers && SegmentRow.TryWrite(packet, bytes, _text, _summary, out layer))
        {
            return _text.Written;
        }

        LayerEntry top = Top(packet);
        layer = top.Layer;
        _text.Append(top.Protocol == FrameProtocol.Value ? "?"u8 : top.Protocol.Utf8Name);
        _text.Append((byte)0);
        _summary.AppendEnds(packet, bytes, _text);
        _text.Append((byte)0);

        // The message first, which says more than the segment that brings it.
        AppendMessage(packet, bytes);
        _summary.AppendAbout(packet, bytes, _text);
        if (packet.Stop is { } stop)
        {
            _text.Append("  ["u8);
            _text.Append(stop.ToString());
            _text.Append((byte)']');
        }

        _text.Append((byte)0);
        if (packet.Comment is { } comment)
        {
            _text.Append(comment.Replace('\0', '\uFFFD'));
        }

        return _text.Written;
    }

    /// <summary>The row that a record and its words make.</summary>
    /// <param name="number">The packet's ordinal.</param>
    /// <param name="record">Its record.</param>
    /// <param name="words">What <see cref="Of"/> gave.</param>
    /// <param name="firstTime">When the capture begins.</param>
    public static IndexedPacket Parse(long number, in PacketRecord record, ReadOnlySpan<byte> words, long? firstTime)
    {
        string source, destination, about;
        string protocol;
        string? comment = null;
        if (words[0] == SegmentRow.Mark)
        {
            (protocol, source, destination, about) = SegmentRow.Read(words);
        }
        else
        {
            string[] parts = Encoding.UTF8.GetString(words).Split('\0', 4);
            string[] ends = parts[1].Split(" → ", 2);
            (protocol, source, destination, about) = (parts[0], ends[0], ends[^1], parts[2].Trim());
            comment = record.Has(PacketTraits.HasComment) ? Shorten(parts[3]) : null;
        }

        bool hasTime = record.Has(PacketTraits.HasTime);
        return new IndexedPacket(
            number, hasTime ? record.Time : null, hasTime ? unchecked(record.Time - (firstTime ?? 0)) : 0, record.OriginalLength, record.CapturedLength,
            source, destination, protocol, (OsiLayer)record.Layer, about, comment,
            record.TcpStream < 0 ? null : record.TcpStream, record.UdpConversation < 0 ? null : record.UdpConversation,
            record.Has(PacketTraits.FromFirst), (TcpAnalysisFlags)record.Marks, record.Has(PacketTraits.IsStopped));
    }

    // A row is a line on a screen.
    private static string Shorten(string comment) => comment.Length > 500 ? string.Concat(comment.AsSpan(0, 499), "…") : comment;

    // The highest protocol that is one: bytes nobody knows are none, and a quoted header is another packet's.
    private static LayerEntry Top(DecodedPacket packet)
    {
        ReadOnlySpan<LayerEntry> entries = packet.Entries;
        LayerEntry top = entries[0];
        foreach (ref readonly LayerEntry entry in entries)
        {
            if (entry.IsQuoted)
            {
                break;
            }

            if (entry.Protocol != DataProtocol.Value && entry.Protocol != TcpSession.Value && !entry.IsPart)
            {
                top = entry;
            }
        }

        return top;
    }

    private void AppendMessage(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        foreach (ref readonly LayerEntry entry in packet.Entries)
        {
            if (entry.Layer >= OsiLayer.Session && entry.HeaderLength > 0 && entry.Protocol != DataProtocol.Value)
            {
                _summary.AppendMessage(packet, bytes, _text);
                _text.Append("  "u8);
                return;
            }
        }
    }
}
