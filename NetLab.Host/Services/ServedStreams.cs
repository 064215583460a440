namespace NetLab.Host.Services;

/// <summary>
/// The streams that a service serves. One is found to make room at a cost that does not grow with how many there are: as caches do it,
/// the idlest of a few is idle enough. Safe for use by several threads.
/// </summary>
internal sealed class ServedStreams
{
    private const int Sample = 16;

    private readonly Lock _lock = new();
    private readonly List<ServedStream> _all = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    /// <summary>The busiest, by bytes that passed.</summary>
    public IReadOnlyList<ServedStream> Busiest(int count)
    {
        ServedStream[] all;
        lock (_lock)
        {
            all = [.. _all];
        }

        return [.. all.OrderByDescending(s => s.Moved).Take(count)];
    }

    /// <summary>Adds one.</summary>
    public void Add(ServedStream stream)
    {
        lock (_lock)
        {
            stream.Place = _all.Count;
            _all.Add(stream);
        }
    }

    /// <summary>Takes one away.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(ServedStream stream)
    {
        lock (_lock)
        {
            if (stream.Place < 0)
            {
                return false;
            }

            // The last one takes its place.
            ServedStream last = _all[^1];
            _all[stream.Place] = last;
            last.Place = stream.Place;
            _all.RemoveAt(_all.Count - 1);
            stream.Place = -1;
            return true;
        }
    }

    /// <summary>Takes away one that has been idle for long; null if there is none.</summary>
    public ServedStream? RemoveIdle()
    {
        lock (_lock)
        {
            ServedStream? idlest = null;
            for (int i = 0; i < Sample && _all.Count > 0; i++)
            {
                ServedStream one = _all[Random.Shared.Next(_all.Count)];
                idlest = idlest is null || one.Idleness > idlest.Idleness ? one : idlest;
            }

            if (idlest is not null)
            {
                Remove(idlest);
            }

            return idlest;
        }
    }
}
