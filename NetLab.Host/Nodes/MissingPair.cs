namespace NetLab.Host.Nodes;

/// <summary>A pair that was not measured.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="Transport">By which transport.</param>
/// <param name="Reason">Why.</param>
internal sealed record MissingPair(string From, string To, string Transport, string Reason);
