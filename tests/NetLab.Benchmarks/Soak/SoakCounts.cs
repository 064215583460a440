namespace NetLab.Benchmarks.Soak;

/// <summary>What has been said in a soak so far. Safe for use by several threads.</summary>
internal sealed class SoakCounts
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, int> _kinds = [];

    /// <summary>Conversations.</summary>
    public int Conversations { get; private set; }

    /// <summary>Conversations in which something else arrived than was sent.</summary>
    public int Damaged { get; private set; }

    /// <summary>Bytes that arrived.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many there were of each kind, in words.</summary>
    public string Kinds
    {
        get
        {
            lock (_lock)
            {
                return string.Join(", ", _kinds.Select(k => $"{k.Value} {k.Key}"));
            }
        }
    }

    /// <summary>A conversation is over.</summary>
    public void Count(string kind, long bytes, bool intact)
    {
        lock (_lock)
        {
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            Conversations++;
            Damaged += intact ? 0 : 1;
            Bytes += bytes;
        }
    }
}
