namespace NetLab.Tcp.Endpoints;

/// <summary>Who listens at which port. One that takes any port is alone.</summary>
internal sealed class ListenerTable
{
    private readonly Dictionary<ushort, Listener> _byPort = [];
    private Listener? _any;

    /// <summary>All of them.</summary>
    public IReadOnlyList<Listener> All => _any is { } any ? [any] : [.. _byPort.Values];

    /// <summary>Who listens at a port; null for nobody.</summary>
    public Listener? Find(ushort port) => _any ?? (_byPort.Count > 0 ? _byPort.GetValueOrDefault(port) : null);

    /// <summary>Adds one.</summary>
    /// <exception cref="InvalidOperationException">Somebody listens there already.</exception>
    public void Add(Listener listener)
    {
        if (_any is not null || (listener.Port is null ? _byPort.Count > 0 : _byPort.ContainsKey(listener.Port.Value)))
        {
            throw new InvalidOperationException(listener.Port is { } taken ? $"This endpoint is listening at port {taken} already." : "This endpoint is listening already.");
        }

        if (listener.Port is { } port)
        {
            _byPort.Add(port, listener);
        }
        else
        {
            _any = listener;
        }
    }

    /// <summary>Takes one out; of no effect if it is not in.</summary>
    public void Remove(Listener listener)
    {
        if (_any == listener)
        {
            _any = null;
        }
        else if (listener.Port is { } port && _byPort.GetValueOrDefault(port) == listener)
        {
            _byPort.Remove(port);
        }
    }
}
