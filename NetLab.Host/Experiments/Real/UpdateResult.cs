namespace NetLab.Host.Experiments.Real;

/// <summary>What one way cost.</summary>
/// <param name="Name">The way, in words.</param>
/// <param name="MeanWait">From the moment of a change to the moment at which something was on its way to tell of it: a question, or the change itself.</param>
/// <param name="MeanTravel">From then until the client knew, on the clock of this machine and whatever else it has to do.</param>
/// <param name="Segments">Segments an update, both ways.</param>
/// <param name="Bytes">Their payload an update.</param>
/// <param name="Questions">Requests an update.</param>
internal sealed record UpdateResult(string Name, TimeSpan MeanWait, TimeSpan MeanTravel, double Segments, double Bytes, double Questions)
{
    /// <summary>From a change until the client knew of it, or of a later one.</summary>
    public TimeSpan MeanDelay => MeanWait + MeanTravel;
}
