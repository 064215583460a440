namespace NetLab.Host.Experiments.Real;

/// <summary>What is tried.</summary>
/// <param name="Count">Changes of the value.</param>
/// <param name="Interval">Time between them on the mean.</param>
/// <param name="Poll">Time between questions of polling.</param>
/// <param name="IsEager">Broken: long polling is answered at once.</param>
/// <param name="IsBuffered">Broken: events wait in a buffer.</param>
/// <param name="IsTalkative">Broken: each message of the WebSocket is answered.</param>
internal sealed record UpdatePlan(int Count, TimeSpan Interval, TimeSpan Poll, bool IsEager, bool IsBuffered, bool IsTalkative)
{
    // Multiples of it are spread evenly over every interval, and keep step with no question: H. Weyl, 1916.
    private const double GoldenRatio = 0.618_033_988_749_894_9;

    /// <summary>When the value changes, since the beginning: once in each interval, now earlier and now later in it.</summary>
    public IReadOnlyList<TimeSpan> Changes => [.. Enumerable.Range(1, Count).Select(i => Interval * (i - (i * GoldenRatio % 1)))];

    /// <summary>What happens in one way, in the order of time: changes, and the questions of polling until it knows the last one.</summary>
    public IReadOnlyList<(TimeSpan At, bool IsQuestion)> Moments(UpdateWay way)
    {
        IReadOnlyList<TimeSpan> changes = Changes;
        int questions = way == UpdateWay.Polling ? (int)Math.Ceiling(changes[^1] / Poll) : 0;
        return [.. changes.Select(at => (at, false)).Concat(Enumerable.Range(1, questions).Select(i => (Poll * i, true))).OrderBy(m => m)];
    }
}
