using NetLab.Host.Plots;

namespace NetLab.Host.Experiments.Real;

/// <summary>A flow that has been sent, as its sender and its receiver saw it. All times are seconds since the trial began.</summary>
/// <param name="Sender">Who sent it.</param>
/// <param name="Samples">What was known, every few milliseconds.</param>
/// <param name="Retransmissions">Segments that were sent again, as the sender itself counts.</param>
internal sealed record RealFlow(RealSender Sender, IReadOnlyList<RealSample> Samples, long Retransmissions)
{
    /// <summary>Bits a second that the receiver's application got between two moments.</summary>
    public double Goodput(double from, double to)
    {
        RealSample[] between = [.. Samples.Where(s => s.At >= from && s.At <= to)];
        return between.Length < 2 ? 0 : 8 * (between[^1].Received - between[0].Received) / (between[^1].At - between[0].At);
    }

    /// <summary>The mean congestion window between two moments, in segments.</summary>
    public double MeanWindow(double from, double to)
    {
        // By time: a busy machine takes samples at uneven distances.
        (double sum, double time) = (0, 0);
        for (int i = 1; i < Samples.Count; i++)
        {
            (RealSample before, RealSample now) = (Samples[i - 1], Samples[i]);
            if (before.At >= from && now.At <= to)
            {
                sum += before.Window * (now.At - before.At);
                time += now.At - before.At;
            }
        }

        return time > 0 ? sum / time : double.NaN;
    }

    /// <summary>What is left at each reduction: the new slow-start threshold over what was there to be reduced just before.</summary>
    public IReadOnlyList<double> Reductions()
    {
        var kept = new List<double>();
        for (int i = 1; i < Samples.Count; i++)
        {
            // Where slow start is left without a loss (HyStart), nothing is given away.
            (RealSample before, RealSample now) = (Samples[i - 1], Samples[i]);
            if (now.Threshold > 0 && Math.Abs(now.Threshold - before.Threshold) > 0.5 && now.Threshold < before.Window * 0.95 && before.Reducible > 0)
            {
                kept.Add(now.Threshold / before.Reducible);
            }
        }

        return kept;
    }

    /// <summary>The window over time.</summary>
    public LineLayer Windows() => new([.. Samples.Select(s => new Point(s.At, s.Window))]) { Name = Sender.Name, IsStep = true };
}
