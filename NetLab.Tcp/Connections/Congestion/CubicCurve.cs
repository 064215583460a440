namespace NetLab.Tcp.Connections.Congestion;

/// <summary>The cubic function of RFC 9438, 4.2, in segments and seconds: W(t) = C·(t − K)³ + W_max.</summary>
/// <param name="Maximum">W_max: where the plateau lies.</param>
/// <param name="Start">cwnd_epoch: where the curve begins.</param>
internal readonly record struct CubicCurve(double Maximum, double Start)
{
    /// <summary>C, in segments per second cubed (RFC 9438, 4.1.2 and 5).</summary>
    public const double Scale = 0.4;

    /// <summary>β_cubic: what is left of the window after a loss (RFC 9438, 4.6).</summary>
    public const double Decrease = 0.7;

    /// <summary>K: seconds from the beginning to the plateau (RFC 9438, figure 2).</summary>
    public double TimeToMaximum => Math.Cbrt(Math.Max(0, Maximum - Start) / Scale);

    /// <summary>The window at a time (RFC 9438, figure 1).</summary>
    /// <param name="seconds">Since the beginning.</param>
    public double At(double seconds)
    {
        double beyond = seconds - TimeToMaximum;
        return (Scale * beyond * beyond * beyond) + Maximum;
    }
}
