namespace NetLab.Cluster.Work;

/// <summary>What is measured between two nodes.</summary>
/// <param name="Transport">By which transport, such as kernel-tcp.</param>
/// <param name="Words">Further words of <c>nlab perf</c>, such as <c>--time 5s</c>.</param>
/// <param name="Limit">How long it takes at most.</param>
[GenerateSerializer]
internal sealed record Measurement(string Transport, string[] Words, TimeSpan Limit);
