using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using NetLab.Osi.Layers;
using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Rendering;

/// <summary>A decoded packet in one line: number, time since the first, ends, protocols, and what it is about.</summary>
public sealed class PacketSummary
{
    private long? _firstTime;

    /// <summary>The line.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    public string Line(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _firstTime ??= packet.Time;
        double seconds = packet.Time is { } time ? (time - _firstTime!.Value) / 1e9 : 0;
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{packet.Number,6} {seconds,11:F6}  ");
        (string from, string to) = Ends(packet, bytes);
        line.Append(CultureInfo.InvariantCulture, $"{from} → {to}  {packet.OriginalLength,5}  {Protocols(packet)}  {About(packet, bytes)}");
        if (packet.Stop is { } stop)
        {
            line.Append(CultureInfo.InvariantCulture, $"  [{stop}]");
        }

        return line.ToString().TrimEnd();
    }

    private static string Protocols(DecodedPacket packet) => string.Join('/', packet.Entries
        .Where(e => e.Protocol is not (ProtocolId.Frame or ProtocolId.TcpSession or ProtocolId.Data))
        .Select(e => PacketDecoder.NameOf(e.Protocol)));

    private static (string From, string To) Ends(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        (string from, string to) = ("?", "?");
        foreach (LayerEntry entry in packet.Entries)
        {
            int at = entry.Offset;
            switch (entry.Protocol)
            {
                case ProtocolId.Ethernet:
                    (from, to) = (AddressText.Mac(bytes.Slice(at + 6, 6)), AddressText.Mac(bytes.Slice(at, 6)));
                    break;
                case ProtocolId.Ipv4:
                    (from, to) = (AddressText.Ip(bytes.Slice(at + 12, 4)), AddressText.Ip(bytes.Slice(at + 16, 4)));
                    break;
                case ProtocolId.Ipv6:
                    (from, to) = (AddressText.Ip(bytes.Slice(at + 8, 16)), AddressText.Ip(bytes.Slice(at + 24, 16)));
                    break;
                case ProtocolId.Udp:
                case ProtocolId.Tcp when packet.Entries.All(e => e.Protocol != ProtocolId.Udp):
                    return ($"{from}:{BinaryPrimitives.ReadUInt16BigEndian(bytes[at..])}", $"{to}:{BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..])}");
                default:
                    break;
            }
        }

        return (from, to);
    }

    private static string About(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        foreach (LayerEntry entry in packet.Entries)
        {
            if (entry.Protocol == ProtocolId.Tcp)
            {
                TcpHeader.TryRead(bytes[entry.Offset..], out TcpHeader header);
                string repeat = packet.Session is { IsRetransmission: true } ? " retransmission" : "";
                string state = packet.Session is { } facts ? $" [{TcpSession.NameOf(facts.State)}]" : "";
                string acknowledgment = header.Has(TcpHeader.Ack) ? $" ack={header.Acknowledgment}" : "";
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TcpHeader.FlagNames(header.Flags)} seq={header.Sequence}{acknowledgment} win={header.Window} len={entry.PayloadLength}{repeat}{state}");
            }
        }

        LayerEntry last = packet.Entries[^1];
        return last.Protocol == ProtocolId.Data ? $"{last.Length} bytes" : "";
    }
}
