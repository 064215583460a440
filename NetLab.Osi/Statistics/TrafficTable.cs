using System.Buffers.Binary;
using NetLab.Osi.DataLink;
using NetLab.Osi.Model;
using NetLab.Osi.Network;
using NetLab.Osi.Protocols;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Statistics;

/// <summary>
/// Counts what each end, or each two ends, sent: every header of the kind in a packet counts with the packet's length on the
/// wire, so that a tunneled packet counts for the tunnel's ends and for those inside. Headers quoted in errors do not count.
/// </summary>
/// <param name="kind">Whose addresses.</param>
/// <param name="ends">True for a row an end, false for a row a conversation.</param>
public sealed class TrafficTable(TrafficKind kind, bool ends)
{
    // A port scan makes a row a packet: beyond this many, packets of new rows are counted together.
    private const int MaxRows = 1 << 18;

    private readonly Dictionary<TrafficKey, Totals> _rows = [];

    /// <summary>Whose addresses.</summary>
    public TrafficKind Kind { get; } = kind;

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>Packets of ends that came when the table was full, and are in no row.</summary>
    public long PacketsLeftOut { get; private set; }

    /// <summary>The name of a kind: eth, ip, tcp or udp.</summary>
    public static string NameOf(TrafficKind kind) => kind == TrafficKind.Ethernet ? "eth" : kind.ToString().ToLowerInvariant();

    /// <summary>Counts a packet.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="decoded">What was found in them.</param>
    public void Add(ReadOnlySpan<byte> bytes, DecodedPacket decoded)
    {
        ArgumentNullException.ThrowIfNull(decoded);
        int ip = -1;
        ReadOnlySpan<LayerEntry> entries = decoded.Entries;
        for (int i = 0; i < entries.Length && !entries[i].IsQuoted; i++)
        {
            ref readonly LayerEntry entry = ref entries[i];
            bool isIp = entry.Protocol == Ipv4Protocol.Value || entry.Protocol == Ipv6Protocol.Value;
            ip = isIp ? i : ip;
            switch (Kind)
            {
                case TrafficKind.Ethernet when entry.Protocol == EthernetProtocol.Value && entry.HeaderLength >= EthernetHeader.Size:
                    ReadOnlySpan<byte> header = decoded.BufferOf(bytes, entry)[entry.Offset..];
                    Add(decoded, new TrafficEnd(Read48(header[6..]), TrafficEnd.Hardware, false), new TrafficEnd(Read48(header), TrafficEnd.Hardware, false));
                    break;
                case TrafficKind.Ip when isIp:
                    Add(decoded, End(bytes, decoded, ip, TrafficEnd.NoPort, isSource: true), End(bytes, decoded, ip, TrafficEnd.NoPort, isSource: false));
                    break;
                case TrafficKind.Tcp or TrafficKind.Udp when ip >= 0 && entry.Protocol == (Kind == TrafficKind.Tcp ? TcpProtocol.Value : UdpProtocol.Value):
                    ReadOnlySpan<byte> ports = decoded.BufferOf(bytes, entry)[entry.Offset..];
                    Add(
                        decoded,
                        End(bytes, decoded, ip, BinaryPrimitives.ReadUInt16BigEndian(ports), isSource: true),
                        End(bytes, decoded, ip, BinaryPrimitives.ReadUInt16BigEndian(ports[2..]), isSource: false));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The rows in order.</summary>
    /// <param name="order">By what.</param>
    /// <param name="top">How many at most.</param>
    public IReadOnlyList<Traffic> Rows(TrafficOrder order, int top = int.MaxValue)
    {
        // Only those that are shown are put into words, unless words decide.
        IEnumerable<(TrafficKey Key, Totals Totals)> rows = _rows.Select(r => (r.Key, r.Value));
        if (order == TrafficOrder.Address)
        {
            return [.. rows.Select(r => RowOf(r.Key, r.Totals)).OrderBy(r => r.First, StringComparer.Ordinal).ThenBy(r => r.Second, StringComparer.Ordinal).Take(top)];
        }

        return [.. rows.OrderByDescending(r => Measure(r.Totals, order)).ThenBy(r => r.Totals.Number).Take(top).Select(r => RowOf(r.Key, r.Totals))];
    }

    private static long Measure(Totals t, TrafficOrder order) => order switch
    {
        TrafficOrder.Packets => t.PacketsSent + t.PacketsReceived,
        TrafficOrder.Sent => t.BytesSent,
        TrafficOrder.Received => t.BytesReceived,
        TrafficOrder.Duration => t.Last - t.First,
        TrafficOrder.Start => -t.First,
        _ => t.BytesSent + t.BytesReceived,
    };

    private static AddressNumber Read48(ReadOnlySpan<byte> bytes) => new(0, ((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    private static TrafficEnd End(ReadOnlySpan<byte> bytes, DecodedPacket decoded, int ip, int port, bool isSource)
    {
        LayerEntry entry = decoded.Entries[ip];
        bool isV4 = entry.Protocol == Ipv4Protocol.Value;
        (int at, int size) = isV4 ? (12, 4) : (8, 16);
        return new TrafficEnd(Addresses.Read(decoded.BufferOf(bytes, entry).Slice(entry.Offset + (isSource ? at : at + size), size)), port, isV4);
    }

    private void Add(DecodedPacket decoded, in TrafficEnd from, in TrafficEnd to)
    {
        if (ends)
        {
            CountIn(decoded, new TrafficKey(from, from), sent: true);
            CountIn(decoded, new TrafficKey(to, to), sent: false);
        }
        else
        {
            CountIn(decoded, new TrafficKey(from, to), sent: null);
        }
    }

    private void CountIn(DecodedPacket decoded, in TrafficKey key, bool? sent)
    {
        if (!_rows.TryGetValue(key, out Totals? totals))
        {
            if (_rows.Count == MaxRows)
            {
                PacketsLeftOut++;
                return;
            }

            totals = new Totals { Number = _rows.Count, BeganLow = key.FromIsLow };
            _rows.Add(key, totals);
        }

        totals.Count(decoded, sent ?? key.FromIsLow == totals.BeganLow);
    }

    private Traffic RowOf(in TrafficKey key, Totals t) => new(
        NameOf(Kind), (t.BeganLow ? key.Low : key.High).ToString(), ends ? null : (t.BeganLow ? key.High : key.Low).ToString(),
        t.PacketsSent, t.BytesSent, t.PacketsReceived, t.BytesReceived, t.HasTime ? t.First / 1e9 : null, t.HasTime ? (t.Last - t.First) / 1e9 : 0);

    private sealed class Totals
    {
        public required int Number { get; init; }

        public required bool BeganLow { get; init; }

        public long PacketsSent { get; private set; }

        public long BytesSent { get; private set; }

        public long PacketsReceived { get; private set; }

        public long BytesReceived { get; private set; }

        public bool HasTime { get; private set; }

        // Nanoseconds since the first packet of the capture.
        public long First { get; private set; }

        public long Last { get; private set; }

        public void Count(DecodedPacket decoded, bool sent)
        {
            if (sent)
            {
                PacketsSent++;
                BytesSent += decoded.OriginalLength;
            }
            else
            {
                PacketsReceived++;
                BytesReceived += decoded.OriginalLength;
            }

            if (decoded.Time is not null)
            {
                First = HasTime ? Math.Min(First, decoded.RelativeTime) : decoded.RelativeTime;
                Last = HasTime ? Math.Max(Last, decoded.RelativeTime) : decoded.RelativeTime;
                HasTime = true;
            }
        }
    }
}
