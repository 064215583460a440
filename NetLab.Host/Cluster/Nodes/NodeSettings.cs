using System.Net;
using NetLab.Cluster.Membership;
using NetLab.Cluster.Security;

namespace NetLab.Cluster.Nodes;

/// <summary>What a node is.</summary>
/// <param name="Address">Where other nodes reach it; commands reach it one port further.</param>
/// <param name="Cluster">The cluster that it is of: its own address, if it is the first.</param>
/// <param name="Security">How it knows others.</param>
internal sealed record NodeSettings(IPEndPoint Address, ClusterAddress Cluster, ClusterSecurity Security);
