using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>What messages before it say of one of SMB2.</summary>
/// <param name="user">Who is logged on; null when not known.</param>
/// <param name="domain">The domain of that account.</param>
/// <param name="tree">The path of the tree; null when not known.</param>
/// <param name="level">The level of information that a response is made of.</param>
internal sealed class Smb2Facts(string? user, string? domain, string? tree, int level) : LayerFacts
{
    public string? User { get; } = user;

    public string? Domain { get; } = domain;

    public string? Tree { get; } = tree;

    public int Level { get; } = level;
}
