using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Lines;

/// <summary>A line that takes no time, once what was sent before it is gone.</summary>
internal sealed class UnlimitedLine : LinkLine
{
    public UnlimitedLine(Instant freeAt) => FreeAt = freeAt;

    /// <inheritdoc/>
    public override Instant NextStart(Instant waitingSince) => Instant.Max(waitingSince, FreeAt);

    /// <inheritdoc/>
    public override Instant Send(Instant start, int bytes) => start;

    /// <inheritdoc/>
    public override double Remaining(Instant now) => 0;
}
