using System.Globalization;

namespace NetLab.Cluster.Work;

/// <summary>A piece of a decode: a capture of several, or a share of the conversations of one.</summary>
/// <param name="Job">The job that it is of.</param>
/// <param name="Folder">The folder of the tables, which all nodes see.</param>
/// <param name="Capture">The capture, which all nodes see.</param>
/// <param name="Index">Which piece, from 1.</param>
/// <param name="Count">How many there are.</param>
/// <param name="IsShare">Whether it is a share of one capture's conversations.</param>
/// <param name="Words">Further words of <c>nlab decode</c>.</param>
[GenerateSerializer]
internal sealed record DecodeShard(string Job, string Folder, string Capture, int Index, int Count, bool IsShare, string[] Words)
{
    /// <summary>What its files are told apart by: <c>2-of-7</c>.</summary>
    public string Mark => string.Create(CultureInfo.InvariantCulture, $"{Index}-of-{Count}");
}
