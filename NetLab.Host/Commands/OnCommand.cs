using System.CommandLine;

namespace NetLab.Host.Commands;

/// <summary><c>nlab on CLUSTER VERB</c>: what the nodes of a cluster do together.</summary>
internal static class OnCommand
{
    public static Command Create()
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "The cluster: its first node (127.0.0.1:11111), redis://HOST:PORT or postgres://USER@HOST/DATABASE" };
        return new Command("on", "Have the nodes of a cluster (nlab node) decode captures, or measure between all of them")
        {
            cluster,
            OnDecodeCommand.Create(cluster),
            OnMeshCommand.Create(cluster),
        };
    }
}
