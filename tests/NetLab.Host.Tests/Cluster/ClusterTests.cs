namespace NetLab.Host.Tests.Cluster;

/// <summary>Tests with nodes: one after the other, as each has several processes.</summary>
[CollectionDefinition(nameof(ClusterTests))]
public sealed class ClusterTests;
