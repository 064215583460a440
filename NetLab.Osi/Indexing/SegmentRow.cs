using System.Buffers.Binary;
using System.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Network;
using NetLab.Osi.Physical;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Session;
using NetLab.Osi.Text;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Indexing;

/// <summary>
/// The row of a packet that is one TCP segment, with the message that it completes, if any: most packets of most captures. The segment is kept as numbers, which
/// become words when somebody looks; <see cref="RowText"/> makes the words of all others when they are indexed.
/// </summary>
internal static class SegmentRow
{
    /// <summary>What such a row begins with: no name of a protocol does.</summary>
    public const byte Mark = 1;

    // Mark, flags of TCP, ports, sequence, acknowledgment, window, payload; then both addresses.
    private const int FixedSize = 1 + 2 + 2 + 2 + 4 + 4 + 8 + 8;

    // TCP has twelve flags.
    private const int IsV6 = 1 << 15;

    /// <summary>Writes the row of a packet, if it is such a one.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="text">Gets the row.</param>
    /// <param name="summary">Makes the words of the message.</param>
    /// <param name="layer">The layer of the protocol that the row names.</param>
    public static bool TryWrite(DecodedPacket packet, ReadOnlySpan<byte> bytes, Utf8Text text, PacketSummary summary, out OsiLayer layer)
    {
        layer = OsiLayer.Transport;
        if (packet.Stop is not null || packet.Comment is not null || packet.Session is not { } facts)
        {
            return false;
        }

        (int ip, int tcp, int message) = (-1, -1, -1);
        ReadOnlySpan<LayerEntry> entries = packet.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly LayerEntry entry = ref entries[i];
            Protocol protocol = entry.Protocol;
            if (entry.IsQuoted || (entry.Buffer != 0 && tcp < 0) || protocol == UdpProtocol.Value)
            {
                return false;
            }

            if (protocol == TcpProtocol.Value && tcp < 0 && ip >= 0)
            {
                tcp = i;
            }
            else if ((protocol == Ipv4Protocol.Value || protocol == Ipv6Protocol.Value) && ip < 0)
            {
                ip = i;
            }
            else if (tcp >= 0 && entry.Layer >= OsiLayer.Session && protocol != TcpSession.Value && protocol != DataProtocol.Value && !entry.IsPart)
            {
                message = i;
            }
            else if (protocol != FrameProtocol.Value && protocol != TcpSession.Value && protocol != DataProtocol.Value && (entry.Layer != OsiLayer.DataLink || ip >= 0) && (tcp < 0 || !entry.IsPart))
            {
                return false;
            }
        }

        if (tcp < 0 || !TcpHeader.TryRead(bytes[entries[tcp].Offset..], out TcpHeader header))
        {
            return false;
        }

        bool isV4 = entries[ip].Protocol == Ipv4Protocol.Value;
        int addressSize = isV4 ? 4 : 16;
        Span<byte> row = text.GetSpan(FixedSize + 32);
        row[0] = Mark;
        BinaryPrimitives.WriteUInt16LittleEndian(row[1..], (ushort)(header.Flags | (isV4 ? 0 : IsV6)));
        BinaryPrimitives.WriteUInt16LittleEndian(row[3..], (ushort)header.SourcePort);
        BinaryPrimitives.WriteUInt16LittleEndian(row[5..], (ushort)header.DestinationPort);
        BinaryPrimitives.WriteUInt32LittleEndian(row[7..], facts.RelativeSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(row[11..], facts.RelativeAcknowledgment);

        // RFC 7323, 2.2: the window of a SYN is never scaled.
        BinaryPrimitives.WriteInt64LittleEndian(row[15..], (long)header.Window << (header.Has(TcpHeader.Syn) ? 0 : facts.WindowShift ?? 0));
        BinaryPrimitives.WriteInt64LittleEndian(row[23..], Math.Max(0, entries[tcp].WireLength - header.HeaderLength));
        bytes.Slice(entries[ip].Offset + (isV4 ? 12 : 8), 2 * addressSize).CopyTo(row[FixedSize..]);
        text.Advance(FixedSize + (2 * addressSize));
        if (message >= 0)
        {
            layer = entries[message].Layer;
            text.Append(entries[message].Protocol.Utf8Name);
            text.Append((byte)0);
            summary.AppendMessage(packet, bytes, text);
        }

        return true;
    }

    /// <summary>The words of a row.</summary>
    public static (string Protocol, string Source, string Destination, string About) Read(ReadOnlySpan<byte> row)
    {
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(row[1..]);
        int half = (flags & IsV6) != 0 ? 16 : 4;
        ReadOnlySpan<byte> addresses = row.Slice(FixedSize, 2 * half);
        ReadOnlySpan<byte> message = row[(FixedSize + (2 * half))..];
        string protocol = TcpProtocol.Value.Name;
        var about = new StringBuilder();
        if (message.IndexOf((byte)0) is var end and >= 0)
        {
            protocol = Encoding.UTF8.GetString(message[..end]);
            about.Append(Encoding.UTF8.GetString(message[(end + 1)..])).Append("    ");
        }

        about.Append(TcpHeader.FlagNames(flags & ~IsV6)).Append(" seq=").Append(BinaryPrimitives.ReadUInt32LittleEndian(row[7..]));
        if ((flags & TcpHeader.Ack) != 0)
        {
            about.Append(" ack=").Append(BinaryPrimitives.ReadUInt32LittleEndian(row[11..]));
        }

        about.Append(" win=").Append(BinaryPrimitives.ReadInt64LittleEndian(row[15..])).Append(" len=").Append(BinaryPrimitives.ReadInt64LittleEndian(row[23..]));
        return (protocol, End(addresses[..half], BinaryPrimitives.ReadUInt16LittleEndian(row[3..])), End(addresses[half..], BinaryPrimitives.ReadUInt16LittleEndian(row[5..])), about.ToString().Trim());
    }

    private static string End(ReadOnlySpan<byte> address, int port)
    {
        Span<byte> text = stackalloc byte[AddressText.MaxLength];
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Encoding.ASCII.GetString(text[..AddressText.Ip(address, text)])}:{port}");
    }
}
