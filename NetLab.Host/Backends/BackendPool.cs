namespace NetLab.Host.Backends;

/// <summary>The backends of a balancer and the choice among those that are ready. Safe for use by several threads.</summary>
/// <param name="all">The backends; at least one.</param>
/// <param name="policy">How one is chosen.</param>
/// <param name="health">When one is down, and up again.</param>
internal sealed class BackendPool(IReadOnlyList<Backend> all, BalancingPolicy policy, HealthCheck health)
{
    private readonly Lock _lock = new();
    private readonly IChooser _chooser = policy.NewChooser();
    private Backend[] _ready = [.. all];

    /// <summary>They.</summary>
    public IReadOnlyList<Backend> All => all;

    /// <summary>They as they are now.</summary>
    public IReadOnlyList<BackendState> States
    {
        get
        {
            lock (_lock)
            {
                return [.. all.Select(b => b.State)];
            }
        }
    }

    /// <summary>Told, outside the lock, what has become of a backend: its name and a word.</summary>
    public Action<string, string>? OnChanged { get; init; }

    /// <summary>Chooses a backend for a new connection, and counts it as open there.</summary>
    /// <param name="client">The client's address and port.</param>
    /// <param name="tried">Those that did not accept it.</param>
    /// <returns>The backend; null if none is ready.</returns>
    public Backend? Take(string client, IReadOnlyCollection<Backend> tried)
    {
        lock (_lock)
        {
            Backend[] ready = tried.Count == 0 ? _ready : [.. _ready.Where(b => !tried.Contains(b))];
            if (ready.Length == 0)
            {
                return null;
            }

            Backend chosen = ready[_chooser.Choose(ready, client)];
            chosen.Open++;
            chosen.Given++;
            return chosen;
        }
    }

    /// <summary>Notes that a connection is over.</summary>
    public void Release(Backend backend)
    {
        bool isDrained;
        lock (_lock)
        {
            isDrained = --backend.Open == 0 && backend.IsOut;
        }

        if (isDrained)
        {
            OnChanged?.Invoke(backend.Name, "out");
        }
    }

    /// <summary>Notes that a backend did not accept a connection, which it was given.</summary>
    public void Refuse(Backend backend)
    {
        lock (_lock)
        {
            backend.Failures++;
            backend.Given--;
        }

        Release(backend);
        Note(backend, isWell: false);
    }

    /// <summary>Takes a backend out, or puts it back.</summary>
    /// <returns>Its state then; null if there is none of this name.</returns>
    public BackendState? SetOut(string name, bool isOut)
    {
        BackendState state;
        lock (_lock)
        {
            if (all.FirstOrDefault(b => b.Name == name) is not { } backend)
            {
                return null;
            }

            if (backend.IsOut == isOut)
            {
                return backend.State;
            }

            backend.IsOut = isOut;
            Choose();
            state = backend.State;
        }

        OnChanged?.Invoke(name, state.State);
        return state;
    }

    /// <summary>Notes how a check of a backend ended.</summary>
    public void Note(Backend backend, bool isWell)
    {
        lock (_lock)
        {
            if (backend.IsDown != isWell)
            {
                // As it was thought to be.
                backend.Streak = 0;
                return;
            }

            if (++backend.Streak < (isWell ? health.Up : health.Down))
            {
                return;
            }

            backend.Streak = 0;
            backend.IsDown = !isWell;
            Choose();
        }

        OnChanged?.Invoke(backend.Name, isWell ? "up" : "down");
    }

    private void Choose() => _ready = [.. all.Where(b => b is { IsOut: false, IsDown: false })];
}
