using System.Net;

namespace NetLab.Cluster.Nodes;

/// <summary>How a node is called: by its address, <c>10.0.0.1:11111</c>, and as the key of its grain also by when it started.</summary>
internal static class NodeName
{
    /// <summary>The key of its grain.</summary>
    public static string KeyOf(SiloAddress silo) => silo.ToParsableString();

    /// <summary>Its address and port.</summary>
    public static string Of(SiloAddress silo) => silo.Endpoint.ToString();

    /// <summary>The host alone: what takes part in one measurement at a time.</summary>
    public static string HostOf(string name) => IPEndPoint.Parse(name).Address.ToString();
}
