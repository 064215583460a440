namespace NetLab.Osi.Transport;

/// <summary>The UDP conversations of a capture.</summary>
internal sealed class UdpFlows
{
    // A capture of a port scan has as many conversations as packets; beyond this many, the oldest knowledge goes.
    private const int MaxFlows = 1 << 18;

    private readonly Dictionary<FlowKey, UdpFlow> _flows = [];
    private int _next;

    public UdpFlow Find(in FlowKey key)
    {
        if (_flows.TryGetValue(key, out UdpFlow? flow))
        {
            return flow;
        }

        if (_flows.Count >= MaxFlows)
        {
            _flows.Clear();
        }

        flow = new UdpFlow(_next++);
        _flows.Add(key, flow);
        return flow;
    }
}
