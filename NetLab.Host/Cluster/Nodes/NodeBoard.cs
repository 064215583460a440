using System.Collections.Concurrent;

namespace NetLab.Cluster.Nodes;

/// <summary>The last measurement of each pair that a node was told of. Thread-safe.</summary>
internal sealed class NodeBoard
{
    private readonly ConcurrentDictionary<(string From, string To, string Transport), PairFigures> _pairs = new();

    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<PairFigures> Pairs =>
        [.. _pairs.Values.OrderBy(p => p.Transport, StringComparer.Ordinal).ThenBy(p => p.From, StringComparer.Ordinal).ThenBy(p => p.To, StringComparer.Ordinal)];

    /// <summary>Notes one.</summary>
    public void Add(PairFigures pair) => _pairs[(pair.From, pair.To, pair.Transport)] = pair;
}
