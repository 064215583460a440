using NetLab.Cluster.Work;

namespace NetLab.Cluster.Decoding;

/// <summary>A decode that nodes share.</summary>
/// <param name="Id">What tells it from others: made of the captures, so that the same decode goes on where it was left.</param>
/// <param name="Folder">Where the tables are written.</param>
/// <param name="Captures">The captures; of a single one, shares of its conversations are handed out.</param>
/// <param name="Shares">How many shares a single capture is cut into; 0 for as many as there are nodes.</param>
/// <param name="Words">Further words of <c>nlab decode</c>.</param>
[GenerateSerializer]
internal sealed record DecodeJob(string Id, string Folder, string[] Captures, int Shares, string[] Words)
{
    /// <summary>Its pieces, in order.</summary>
    public IReadOnlyList<DecodeShard> Shards => Captures is [var only]
        ? [.. Enumerable.Range(1, Shares).Select(i => new DecodeShard(Id, Folder, only, i, Shares, Shares > 1, Words))]
        : [.. Captures.Select((capture, i) => new DecodeShard(Id, Folder, capture, i + 1, Captures.Length, false, Words))];
}
