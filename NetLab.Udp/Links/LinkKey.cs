namespace NetLab.Udp.Links;

/// <summary>A key of a link string.</summary>
/// <param name="Name">As it is written before the equals sign.</param>
/// <param name="Hint">What a value looks like, for whoever got it wrong.</param>
/// <param name="Apply">The direction with the value in it; null if it is none.</param>
internal sealed record LinkKey(string Name, string Hint, Func<LinkDirection, string, LinkDirection?> Apply)
{
    /// <summary>Whether it means something only where datagrams wait for a line.</summary>
    public bool NeedsLine { get; init; }
}
