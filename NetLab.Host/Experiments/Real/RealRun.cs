using NetLab.Host.Plots;
using NetLab.Udp.Links;

namespace NetLab.Host.Experiments.Real;

/// <summary>What came out of a trial.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Flows">Its flows, in the order of its senders.</param>
/// <param name="Waits">How long each packet waited in the link's queue on its way up: seconds since the begin, milliseconds.</param>
/// <param name="Up">What the link did on the way up.</param>
internal sealed record RealRun(RealTrial Trial, IReadOnlyList<RealFlow> Flows, IReadOnlyList<Point> Waits, LinkStatistics Up)
{
    /// <summary>The only flow, or the first.</summary>
    public RealFlow Flow => Flows[0];

    /// <summary>The longest wait between two moments, in milliseconds, by the link's own clock.</summary>
    public double LongestWait(double from, double to) => Waits.Where(w => w.X >= from && w.X <= to).Select(w => w.Y).DefaultIfEmpty(double.NaN).Max();

    /// <summary>The mean wait between two moments, in milliseconds.</summary>
    public double MeanWait(double from, double to) => Waits.Where(w => w.X >= from && w.X <= to).Select(w => w.Y).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Jain's index of what the flows got between two moments.</summary>
    public double Fairness(double from, double to)
    {
        double[] rates = [.. Flows.Select(f => f.Goodput(from, to))];
        return rates.Sum() is > 0 and var sum ? sum * sum / (Trial.Senders.Count * rates.Sum(r => r * r)) : 0;
    }

    /// <summary>The queue over time.</summary>
    public LineLayer Queue() => new(Waits) { Name = Trial.Name };
}
