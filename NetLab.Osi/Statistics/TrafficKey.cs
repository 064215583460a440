namespace NetLab.Osi.Statistics;

/// <summary>Two ends, the same for either direction; or one, twice.</summary>
internal readonly struct TrafficKey : IEquatable<TrafficKey>
{
    private readonly TrafficEnd _low;
    private readonly TrafficEnd _high;

    public TrafficKey(in TrafficEnd from, in TrafficEnd to)
    {
        int order = from.Address.CompareTo(to.Address);
        FromIsLow = order < 0 || (order == 0 && from.Port <= to.Port);
        (_low, _high) = FromIsLow ? (from, to) : (to, from);
    }

    /// <summary>Whether the sender of the packet that it was made from is the lower end.</summary>
    public bool FromIsLow { get; }

    public TrafficEnd Low => _low;

    public TrafficEnd High => _high;

    public bool Equals(TrafficKey other) =>
        _low.Address == other._low.Address && _high.Address == other._high.Address && _low.Port == other._low.Port && _high.Port == other._high.Port;

    public override bool Equals(object? obj) => obj is TrafficKey other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_low.Address, _high.Address, _low.Port, _high.Port);
}
