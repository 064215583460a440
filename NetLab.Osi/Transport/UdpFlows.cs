using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>The UDP conversations of a capture.</summary>
internal sealed class UdpFlows
{
    public static readonly MemorySlot<UdpFlows> Slot = new(static () => new UdpFlows());

    // A capture of a port scan has as many conversations as packets; beyond this many, the oldest knowledge goes.
    private const int MaxFlows = 1 << 15;

    private readonly Dictionary<FlowKey, UdpFlow> _flows = [];
    // Made when the first is announced: most captures announce none.
    private Dictionary<(AddressNumber Address, int Port), Protocol>? _expected;
    private int _next;

    /// <summary>The conversations that are remembered, with their ends.</summary>
    public IEnumerable<(FlowKey Key, UdpFlow Flow)> All => _flows.Select(f => (f.Key, f.Value));

    /// <summary>Told of conversations that are forgotten; or null.</summary>
    public Action<FlowKey, UdpFlow>? Ended { get; set; }

    public UdpFlow Find(in FlowKey key)
    {
        if (_flows.TryGetValue(key, out UdpFlow? flow))
        {
            return flow;
        }

        if (_flows.Count >= MaxFlows)
        {
            if (Ended is { } ended)
            {
                foreach ((FlowKey old, UdpFlow known) in _flows)
                {
                    ended(old, known);
                }
            }

            _flows.Clear();
            _expected?.Clear();
        }

        flow = new UdpFlow(_next++) { BeganLow = key.SourceIsLow };
        if (_expected is not null
            && (_expected.TryGetValue((key.LowAddress, key.LowPort), out Protocol? protocol)
                || _expected.TryGetValue((key.HighAddress, key.HighPort), out protocol)))
        {
            flow.Application = protocol;
        }

        _flows.Add(key, flow);
        return flow;
    }

    /// <summary>Gives the conversations that are found from here on numbers from this one on.</summary>
    public void NumberFrom(int first) => _next = first;

    /// <summary>Takes over what another knows of ends that announced what they will carry.</summary>
    public void Adopt(UdpFlows other)
    {
        if (other._expected is null)
        {
            return;
        }

        _expected ??= [];
        foreach (KeyValuePair<(AddressNumber Address, int Port), Protocol> known in other._expected)
        {
            _expected.TryAdd(known.Key, known.Value);
        }
    }

    /// <summary>Says what new conversations of an end will carry: a TFTP server answers from a port of its own (RFC 1350, 4).</summary>
    public void Expect(AddressNumber address, int port, Protocol protocol) => (_expected ??= [])[(address, port)] = protocol;
}
