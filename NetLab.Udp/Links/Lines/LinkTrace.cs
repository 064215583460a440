using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Lines;

/// <summary>A rate that changes with time, as it was recorded somewhere; it repeats for ever.</summary>
public abstract class LinkTrace : IEquatable<LinkTrace>
{
    private protected LinkTrace(string name, TimeSpan period) => (Name, Period) = (name, period);

    /// <summary>Where it came from: the name of its file.</summary>
    public string Name { get; }

    /// <summary>After so long it begins again.</summary>
    public TimeSpan Period { get; }

    /// <summary>The mean rate over a period, bits a second.</summary>
    public abstract double MeanRate { get; }

    /// <summary>Two traces of one name are the same: a file is read once a link.</summary>
    public bool Equals(LinkTrace? other) => other is not null && GetType() == other.GetType() && Name == other.Name && Period == other.Period;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LinkTrace);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    internal abstract LinkLine CreateLine(Instant origin, Instant freeAt);
}
