using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>
/// Hosts joined by links on a clock that only moves when someone asks for the next event: seconds pass in
/// microseconds, and the same seed gives the same datagrams at the same times.
/// </summary>
public sealed class VirtualNetwork
{
    private readonly Dictionary<DatagramAddress, VirtualHost> _hosts = [];
    private readonly Dictionary<(DatagramAddress From, DatagramAddress To), EmulatedLink<Route>> _routes = [];

    // Visited in the order of creation: a dictionary's order would not be the same on every run.
    private readonly List<EmulatedLink<Route>> _links = [];
    private readonly List<VirtualHost> _inOrder = [];
    private readonly LinkDelivery<Route> _deliver;
    private readonly PriorityQueue<Action, (long At, long Order)> _plans = new();
    private long _planned;

    /// <summary>Makes a network without hosts, at the origin of its clock.</summary>
    public VirtualNetwork() => _deliver = Deliver;

    /// <summary>The present moment; starts at the origin.</summary>
    public Instant Now { get; private set; }

    /// <summary>When something happens next: a delivery or a host's timer; <see cref="Instant.Never"/> if nothing will.</summary>
    public Instant NextEvent
    {
        get
        {
            Instant next = Instant.Never;
            foreach (EmulatedLink<Route> link in _links)
            {
                next = Instant.Min(next, link.NextEvent);
            }

            foreach (VirtualHost host in _inOrder)
            {
                next = Instant.Min(next, host.Timer);
            }

            return _plans.TryPeek(out _, out (long At, long Order) plan) ? Instant.Min(next, new Instant(plan.At)) : next;
        }
    }

    /// <summary>Adds a host.</summary>
    /// <param name="address">Where it is reached.</param>
    public VirtualHost AddHost(DatagramAddress address)
    {
        var host = new VirtualHost(this, address);
        _hosts.Add(address, host);
        _inOrder.Add(host);
        return host;
    }

    /// <summary>Makes a link that any number of routes may share, such as a bottleneck.</summary>
    public EmulatedLink<Route> AddLink(LinkModel model)
    {
        var link = new EmulatedLink<Route>(model) { FlowOf = route => route.From.FlowHash ^ (31 * route.To.FlowHash) };
        _links.Add(link);
        return link;
    }

    /// <summary>Sends what one host has for another over a link. A route may be replaced.</summary>
    public void AddRoute(VirtualHost from, VirtualHost to, EmulatedLink<Route> link)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        _routes[(from.Address, to.Address)] = link;
        from.LastLink = null;
    }

    /// <summary>Plans something for a moment to come, such as a change of a link or a blackout.</summary>
    /// <param name="at">When; at once if that has passed.</param>
    /// <param name="action">What.</param>
    public void Schedule(Instant at, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _plans.Enqueue(action, (at.Ticks, ++_planned));
    }

    /// <summary>Lets time pass until something is true.</summary>
    /// <param name="until">The condition, looked at after every event.</param>
    /// <param name="limit">Virtual time to stop at, counted from the start.</param>
    /// <returns>Whether it came true within the limit.</returns>
    public bool Run(Func<bool> until, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(until);
        Instant end = Instant.FromOrigin(limit);
        while (!until())
        {
            if (!Step(end))
            {
                return until();
            }
        }

        return true;
    }

    /// <summary>Lets a span of virtual time pass.</summary>
    public void Advance(TimeSpan duration)
    {
        Instant end = Now + duration;
        while (Step(end))
        {
        }
    }

    /// <summary>Moves the clock to the next event and lets it happen.</summary>
    /// <param name="limit">The clock never passes this.</param>
    /// <returns>False when nothing happens up to the limit, where the clock then stands.</returns>
    public bool Step(Instant limit)
    {
        Instant next = NextEvent;
        if (next > limit)
        {
            Now = Instant.Max(Now, limit);
            return false;
        }

        Now = Instant.Max(Now, next);
        if (_plans.TryPeek(out Action? action, out (long At, long Order) plan) && plan.At <= Now.Ticks)
        {
            _plans.Dequeue();
            action();
            return true;
        }

        foreach (EmulatedLink<Route> link in _links)
        {
            // One at a time: a delivery may put new datagrams onto the same link.
            if (link.NextEvent <= Now && link.TryDeliver(Now, _deliver))
            {
                return true;
            }
        }

        foreach (VirtualHost host in _inOrder)
        {
            if (host.Timer <= Now)
            {
                host.Timer = Instant.Never;
                host.OnTimer?.Invoke();
                return true;
            }
        }

        return true;
    }

    internal void Send(VirtualHost from, ReadOnlySpan<byte> datagram, DatagramAddress to, EcnCodepoint ecn)
    {
        // As on a real network, a datagram to nowhere is lost without a word. Most hosts send to one other, datagram after datagram.
        if (from.LastLink is null || from.LastReceiver != to)
        {
            if (!_routes.TryGetValue((from.Address, to), out EmulatedLink<Route>? link))
            {
                return;
            }

            (from.LastLink, from.LastReceiver) = (link, to);
        }

        from.LastLink.Enter(Now, datagram, new Route(from.Address, to), ecn);
    }

    private void Deliver(ReadOnlySpan<byte> datagram, Route route, EcnCodepoint ecn)
    {
        if (_hosts.TryGetValue(route.To, out VirtualHost? host))
        {
            host.OnReceive?.Invoke(datagram, route.From, ecn);
        }
    }

    /// <summary>Where a datagram comes from and goes to.</summary>
    /// <param name="From">Its sender.</param>
    /// <param name="To">Its receiver.</param>
    public readonly record struct Route(DatagramAddress From, DatagramAddress To);
}
