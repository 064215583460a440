namespace NetLab.Host.Live;

/// <summary>The sessions on real sockets that are open. Safe for several threads.</summary>
internal sealed class LiveSessions : IAsyncDisposable
{
    /// <summary>How many may be open at once: each has sockets and threads.</summary>
    public const int MaxOpen = 4;

    private readonly List<LiveSession> _all = [];
    private int _lastId;
    private bool _isClosed;

    /// <summary>One of them; null if there is none of that number.</summary>
    public LiveSession? Find(long id)
    {
        lock (_all)
        {
            return _all.Find(s => s.Id == id);
        }
    }

    /// <summary>Begins one. The oldest that is over makes room.</summary>
    /// <param name="settings">The transfer; valid.</param>
    /// <param name="overUdp">Whether datagrams are sent and forgotten, and not a stream.</param>
    /// <returns>It; null if too many are under way.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">There is no socket to be had.</exception>
    public LiveSession? Start(LiveSettings settings, bool overUdp)
    {
        lock (_all)
        {
            if (_all.Count >= MaxOpen && _all.Find(s => s.IsOver) is { } over)
            {
                // What is over holds nothing but what happened.
                _all.Remove(over);
            }

            if (_isClosed || _all.Count >= MaxOpen)
            {
                return null;
            }

            var session = LiveSession.Start(++_lastId, settings, overUdp);
            _all.Add(session);
            return session;
        }
    }

    /// <summary>Ends one.</summary>
    public async Task EndAsync(LiveSession session)
    {
        lock (_all)
        {
            _all.Remove(session);
        }

        await session.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<LiveSession> all;
        lock (_all)
        {
            _isClosed = true;
            all = [.. _all];
        }

        foreach (LiveSession session in all)
        {
            await EndAsync(session).ConfigureAwait(false);
        }
    }
}
