using NetLab.Cluster.Meshes;

namespace NetLab.Host.Nodes;

/// <summary>A pair that was measured, as it is written down.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="Transport">By which transport.</param>
/// <param name="Began">From when on both hosts were its own.</param>
/// <param name="Ended">Until when.</param>
/// <param name="BitsPerSecond">What the receiver got.</param>
/// <param name="IdleMs">The median round trip without a load, in milliseconds; null where it was not measured.</param>
/// <param name="LoadedMs">The same beside the load.</param>
internal sealed record MeshEntry(string From, string To, string Transport, DateTimeOffset Began, DateTimeOffset Ended, double BitsPerSecond, double? IdleMs, double? LoadedMs)
{
    /// <summary>Makes one.</summary>
    public static MeshEntry Of(MeshResult result) => new(
        result.Pair.From, result.Pair.To, result.Pair.Transport, result.Began, result.Ended,
        result.Result.Figures.BitsPerSecond, result.Result.Figures.IdleMilliseconds, result.Result.Figures.LoadedMilliseconds);
}
