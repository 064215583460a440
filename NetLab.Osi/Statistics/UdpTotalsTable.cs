using NetLab.Osi.Transport;

namespace NetLab.Osi.Statistics;

/// <summary>The sums of UDP conversations that a decoder let go of, by their ends: one that comes again goes on where it stood.</summary>
internal sealed class UdpTotalsTable
{
    // Some fifty megabytes; a scan of all ports of four hosts.
    private const int MaxTotals = 1 << 18;

    private readonly Dictionary<FlowKey, UdpTotals> _totals = [];

    public IEnumerable<(FlowKey Key, UdpTotals Totals)> All => _totals.Select(t => (t.Key, t.Value));

    /// <summary>Conversations that had no room.</summary>
    public long LeftOut { get; private set; }

    /// <summary>The sums of a conversation that a decoder still has, with what it sent before; the table stays as it is.</summary>
    public UdpTotals With(FlowKey key, UdpFlow flow)
    {
        UdpTotals totals = _totals.TryGetValue(key, out UdpTotals? known) ? known.Copy() : new UdpTotals(flow);
        totals.Add(flow);
        return totals;
    }

    public void Add(FlowKey key, UdpFlow flow)
    {
        if (!_totals.TryGetValue(key, out UdpTotals? totals))
        {
            if (_totals.Count == MaxTotals)
            {
                LeftOut++;
                return;
            }

            totals = new UdpTotals(flow);
            _totals.Add(key, totals);
        }

        totals.Add(flow);
    }
}
