namespace NetLab.Host.Tests.Experiments;

/// <summary>Tests that make networks in this process, one after the other: some of them look for what is left behind.</summary>
[CollectionDefinition(nameof(RealNetworks))]
public sealed class RealNetworks;
