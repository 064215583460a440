using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Queries;

/// <summary>A decoded packet of a capture, with its bytes. Not safe for several threads at once.</summary>
public sealed class Packet
{
    private readonly ProtocolRegistry _registry;
    private readonly byte[] _bytes;

    internal Packet(DecodedPacket decoded, byte[] bytes, ProtocolRegistry registry) => (Decoded, _bytes, _registry) = (decoded, bytes, registry);

    /// <summary>What was found in it.</summary>
    public DecodedPacket Decoded { get; }

    /// <summary>Its ordinal in the capture, from 1.</summary>
    public long Number => Decoded.Number;

    /// <summary>When it was captured, to the resolution of <see cref="DateTimeOffset"/> (100 ns); null if the capture does not say.</summary>
    public DateTimeOffset? Time => Decoded.Time is { } nanoseconds ? DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100) : null;

    /// <summary>Its bytes, as far as captured.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The names of its protocols, outermost first.</summary>
    public IEnumerable<string> Protocols => Decoded.Entries.ToArray().Select(e => e.Protocol.Name);

    /// <summary>The first value of a field; null if the packet has none.</summary>
    /// <param name="field">The field's name in filters: <c>dns.qry.name</c>.</param>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public FieldValue? this[string field]
    {
        get
        {
            IReadOnlyList<FieldValue> values = Values(field);
            return values.Count > 0 ? values[0] : null;
        }
    }

    /// <summary>All values of a field, in the order in which they stand in the packet.</summary>
    /// <param name="field">The field's name in filters.</param>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public IReadOnlyList<FieldValue> Values(string field)
    {
        ArgumentNullException.ThrowIfNull(field);
        if (!_registry.TryFindField(field, out Field? found))
        {
            string nearest = _registry.NearestField(field) is { } near ? $"; the nearest is {near}" : "";
            throw new ArgumentException($"there is no field '{field}'{nearest}", nameof(field));
        }

        return Values(found);
    }

    /// <summary>All values of a field, in the order in which they stand in the packet.</summary>
    public IReadOnlyList<FieldValue> Values(Field field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var collector = new FieldCollector();
        int[] slots = collector.AddAll(field);
        collector.Collect(new PacketView(_bytes, Decoded));
        var values = new List<(int Layer, FieldValue Value)>();
        foreach (int slot in slots)
        {
            foreach (ref readonly CollectedValue value in collector[slot])
            {
                values.Add((value.Layer, new FieldValue(collector.FieldOf(value.Slot), value.Number, collector.Buffer.AsSpan(value.Start, value.Length).ToArray())));
            }
        }

        return [.. values.OrderBy(v => v.Layer).Select(v => v.Value)];
    }

    /// <summary>Whether the packet has a protocol.</summary>
    /// <param name="protocol">Its name in JSON or in filters.</param>
    public bool Has(string protocol)
    {
        foreach (ref readonly LayerEntry entry in Decoded.Entries)
        {
            if (entry.Protocol.Name == protocol || entry.Protocol.FilterName == protocol)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a header or message where it stands: <c>packet.TryRead(out TcpHeader tcp)</c>.</summary>
    /// <typeparam name="TView">What is read: <c>EthernetHeader</c>, <c>Ipv4Header</c>, <c>Ipv6Header</c>, <c>UdpHeader</c>, <c>TcpHeader</c>, <c>DnsMessage</c> or a view of one's own.</typeparam>
    /// <param name="view">The view, which refers to the packet's bytes.</param>
    /// <param name="occurrence">Which of several, from 0, outermost first; those that an ICMP error quotes count, too.</param>
    /// <returns>False if the packet has none, or not as many bytes of it.</returns>
    public bool TryRead<TView>(out TView view, int occurrence = 0)
        where TView : IHeaderView<TView>, allows ref struct
    {
        ArgumentOutOfRangeException.ThrowIfNegative(occurrence);
        var packet = new PacketView(_bytes, Decoded);
        for (int i = 0; i < Decoded.Entries.Length; i++)
        {
            if (TView.Reads(packet[i].Protocol) && occurrence-- == 0)
            {
                return TView.TryRead(packet.BytesOf(i), out view);
            }
        }

        view = default!;
        return false;
    }

    /// <summary>The messages of streams that the packet completes: <c>packet.Messages&lt;HttpMessage&gt;()</c>.</summary>
    /// <typeparam name="TMessage">What is asked for: <c>HttpMessage</c>, <c>ClientHello</c>, <c>ServerHello</c> or messages of a protocol of one's own.</typeparam>
    /// <returns>Those of the type, in the order of the packet's layers.</returns>
    public IReadOnlyList<TMessage> Messages<TMessage>()
        where TMessage : class
    {
        var messages = new List<TMessage>();
        foreach (ref readonly LayerEntry entry in Decoded.Entries)
        {
            messages.AddRange(entry.Detail?.Completed.OfType<TMessage>() ?? []);
        }

        return messages;
    }

    /// <summary>Tells its fields, protocol by protocol.</summary>
    public void Describe(IFieldSink sink) => PacketDecoder.Describe(_bytes, Decoded, sink);
}
