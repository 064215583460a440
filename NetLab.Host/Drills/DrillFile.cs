namespace NetLab.Host.Drills;

/// <summary>A script to be run.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Folder">The folder it is counted under.</param>
internal sealed record DrillFile(string Path, string Folder);
