using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>What messages before it say of one of SMB.</summary>
/// <param name="path">The path of its tree.</param>
/// <param name="name">The name of the file it is about.</param>
/// <param name="file">The file it is about, where its own bytes do not say.</param>
internal sealed class SmbFacts(string? path, string? name, int? file) : LayerFacts
{
    public string? Path { get; } = path;

    public string? Name { get; } = name;

    public int? File { get; } = file;
}
