namespace NetLab.Host.Flows;

/// <summary>A conversation as a ladder shows it.</summary>
/// <param name="Client">The end that opened it.</param>
/// <param name="Server">The other.</param>
/// <param name="Events">Its packets, in file order.</param>
internal sealed record Flow(string Client, string Server, IReadOnlyList<FlowEvent> Events)
{
    /// <summary>What the numbers of its events count.</summary>
    public string Numbers { get; init; } = "packet";

    // A pause that is long beside the packets around it says more folded than drawn.
    private const long QuietNanoseconds = 200_000_000;

    /// <summary>Milliseconds since the first packet that has a time.</summary>
    public double? Milliseconds(FlowEvent seen) =>
        seen.Nanoseconds is { } at && Events.FirstOrDefault(e => e.Nanoseconds is not null)?.Nanoseconds is { } first ? (at - first) / 1e6 : null;

    /// <summary>The quiet gap before an event, when it is long enough to be folded; null if it is not.</summary>
    public TimeSpan? QuietBefore(int index)
    {
        long? gap = index == 0 ? null : Events[index].Nanoseconds - Events[index - 1].Nanoseconds;
        return gap >= QuietNanoseconds ? TimeSpan.FromMicroseconds(gap.Value / 1e3) : null;
    }
}
