using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Host.Rendering;

namespace NetLab.Host.Experiments.Pictures;

/// <summary>
/// The ladder of a conversation: an arrow a segment, as steep as it took long; half an arrow for what was lost. Time goes down, and long pauses are
/// drawn short: the moments at the side say when.
/// </summary>
public static class LadderChart
{
    // A chart is 1,000 pixels high at most, and a segment takes 20.
    private const int MaxRungs = 48;

    // Pixels between two moments: enough for words, and no more than a glance.
    private const double LeastStep = 18;
    private const double MostStep = 46;
    private const double TypicalStep = 32;

    // Between what arrives at an end and what leaves it for that: the words of the second have their place.
    private const double AnswerStep = 15;

    /// <summary>Draws what both ends of a flow saw.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="most">The most segments shown, 1 to 48; the title says if there are more.</param>
    public static Chart Of(LabFlow flow, int most = 24)
    {
        ArgumentNullException.ThrowIfNull(flow);
        Ladder ladder = flow.Seen();
        HashSet<(bool, string, uint, int)> seen = [];
        return Of(flow.ClientEnd.Name, flow.ServerEnd.Name, [.. ladder.Rungs.Select(r => new LadderStep(
            r.SentAt.SinceOrigin,
            r.ArrivedAt?.SinceOrigin,
            r.FromClient,
            ladder.Label(r),
            r.ArrivedAt is null,
            r.Kind != "ACK" && !seen.Add((r.FromClient, r.Kind, r.Header.Sequence.Value, r.PayloadLength))))], most);
    }

    /// <summary>Draws steps.</summary>
    /// <param name="client">The end on the left.</param>
    /// <param name="server">The end on the right.</param>
    /// <param name="steps">The segments, in the order in which they were sent.</param>
    /// <param name="most">The most segments shown, 1 to 48.</param>
    public static Chart Of(string client, string server, IReadOnlyList<LadderStep> steps, int most = 24)
    {
        ArgumentNullException.ThrowIfNull(steps);
        LadderStep[] shown = [.. steps.Take(Math.Clamp(most, 1, MaxRungs))];
        Dictionary<(int Step, bool Arrives), double> places = Place(shown, out double height, out List<(double, string)> times);
        var arrows = new List<Arrow>();
        for (int i = 0; i < shown.Length; i++)
        {
            LadderStep step = shown[i];
            (double from, double to) = step.FromClient ? (0, 1) : (1, 0);
            double begins = places[(i, false)];
            arrows.Add(new Arrow(new Point(from, begins), new Point(to, places[(i, true)]), step.IsRepeated ? step.Label + " (again)" : step.Label)
            {
                IsLost = step.IsLost,
                StandsOut = step.IsRepeated,
                Description = Describe(step),
            });
        }

        string rest = steps.Count > shown.Length ? string.Create(CultureInfo.InvariantCulture, $" (the first {shown.Length} of {steps.Count} segments)") : "";
        return new Chart(
            $"{client} and {server}{rest}",
            new Axis("", "") { Min = -0.03, Max = 1.03, Ticks = [(0, client), (1, server)] },
            new Axis("sent or arrived at", "ms") { Min = 0, Max = height, IsReversed = true, Ticks = times },
            [new ArrowLayer(arrows) { Style = 0 }])
        {
            Height = (int)Math.Ceiling(height),
        };
    }

    // Where each segment leaves and arrives: moments in their order, at distances that follow the time between them as far as words need room. What nobody
    // saw arrive falls by a typical step, what was lost too.
    private static Dictionary<(int Step, bool Arrives), double> Place(LadderStep[] steps, out double height, out List<(double At, string Text)> times)
    {
        var events = new List<(TimeSpan At, int Step, bool Arrives)>();
        for (int i = 0; i < steps.Length; i++)
        {
            events.Add((steps[i].SentAt, i, false));
            if (steps[i].ArrivedAt is { } arrived)
            {
                events.Add((arrived, i, true));
            }
        }

        events = [.. events.OrderBy(e => e.At).ThenByDescending(e => e.Arrives).ThenBy(e => e.Step)];
        TimeSpan[] gaps = [.. events.Zip(events.Skip(1), (a, b) => b.At - a.At).Where(g => g > TimeSpan.Zero).Order()];
        double unit = gaps.Length == 0 ? 1 : Math.Max(1e-9, gaps[gaps.Length / 2].TotalMilliseconds);
        var places = new Dictionary<(int, bool), double>();
        times = [];
        double at = LeastStep;
        double lastText = double.NegativeInfinity;
        for (int i = 0; i < events.Count; i++)
        {
            (TimeSpan moment, int step, bool arrives) = events[i];
            if (i > 0)
            {
                // At one moment, too, each that arrives or leaves needs room for its words.
                TimeSpan gap = moment - events[i - 1].At;
                bool isSamePlace = gap == TimeSpan.Zero && events[i - 1].Arrives != arrives;
                at += isSamePlace ? AnswerStep : gap == TimeSpan.Zero ? LeastStep : Math.Clamp(gap.TotalMilliseconds / unit * TypicalStep, LeastStep, MostStep);
            }

            places[(step, arrives)] = at;
            string text = moment.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);
            if (at - lastText >= AnswerStep && (times.Count == 0 || times[^1].Item2 != text))
            {
                times.Add((at, text));
                lastText = at;
            }
        }

        height = at;
        for (int i = 0; i < steps.Length; i++)
        {
            if (steps[i].ArrivedAt is null)
            {
                places[(i, true)] = places[(i, false)] + TypicalStep;
            }

            height = Math.Max(height, places[(i, true)]);
        }

        height += LeastStep;
        return places;
    }

    private static string Describe(LadderStep step) => string.Create(
        CultureInfo.InvariantCulture,
        $"{step.Label}: sent at {step.SentAt.TotalMilliseconds:0.###} ms, {(step.IsLost ? "lost" : step.ArrivedAt is { } at ? $"arrived at {at.TotalMilliseconds:0.###} ms" : "arrival not seen")}");
}
