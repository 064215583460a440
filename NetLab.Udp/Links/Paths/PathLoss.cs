namespace NetLab.Udp.Links.Paths;

/// <summary>What share of the datagrams a path loses from a moment on.</summary>
/// <param name="At">From when on, counted from the recording's beginning.</param>
/// <param name="Share">0 to 1.</param>
public readonly record struct PathLoss(TimeSpan At, double Share);
