namespace NetLab.Host.Names;

/// <summary>The zones of a server.</summary>
/// <param name="zones">They.</param>
internal sealed class ZoneSet(IEnumerable<Zone> zones)
{
    private readonly Dictionary<string, Zone> _byApex = zones.ToDictionary(z => z.Apex.Key);

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<Zone> All => _byApex.Values;

    /// <summary>The nearest zone that a name is in; null if it is in none.</summary>
    public Zone? Of(DomainName name)
    {
        DomainName at = name;
        while (true)
        {
            if (_byApex.TryGetValue(at.Key, out Zone? zone))
            {
                return zone;
            }

            if (at.IsRoot)
            {
                return null;
            }

            at = at.Parent;
        }
    }
}
