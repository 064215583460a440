using System.Globalization;

namespace NetLab.Host.Tests.Cluster;

/// <summary>Nodes on this machine, each a process, and what commands say to them.</summary>
internal sealed class ClusterLab : IDisposable
{
    private readonly List<Nlab> _nodes = [];
    private readonly string[] _words;

    /// <param name="cluster">How the cluster is named; null for a first node on a free port.</param>
    /// <param name="words">What each node and command is told besides, such as the secret.</param>
    public ClusterLab(string? cluster = null, params string[] words)
    {
        (IsOfFirstNode, _words) = (cluster is null, words);
        Name = cluster ?? $"127.0.0.1:{Ports.Free().ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>How it is named.</summary>
    public string Name { get; }

    /// <summary>A folder for tables and runs.</summary>
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("nlab-cluster-");

    private bool IsOfFirstNode { get; }

    /// <summary>Starts a node, and waits until it is one.</summary>
    public async Task<Nlab> StartNode(params string[] words)
    {
        bool isFirst = IsOfFirstNode && _nodes.Count == 0;
        int port = isFirst ? int.Parse(Name.Split(':')[1], CultureInfo.InvariantCulture) : Ports.Free();
        Nlab node = Nlab.Start(null, "node", [.. isFirst ? (string[])[] : ["--join", Name], "--port", $"{port}", .. _words, .. words]);
        _nodes.Add(node);
        await node.Listening();
        return node;
    }

    /// <summary>Has them do something, to its end.</summary>
    public async Task<Nlab.Ended> On(params string[] words)
    {
        using Nlab on = StartOn(words);
        return await on.End();
    }

    /// <summary>Has them begin to.</summary>
    public Nlab StartOn(params string[] words) => Nlab.Start(Folder.FullName, "on", [Name, .. words, .. _words]);

    public void Dispose()
    {
        _nodes.ForEach(n => n.Dispose());
        Folder.Delete(recursive: true);
    }
}
