namespace NetLab.Host.Tests.Experiments;

/// <summary>Tests for which the machine has to do nothing else: their laws hold in real time, or they look for what is left behind. One after the other; by this name they get all of it.</summary>
[CollectionDefinition(nameof(RealNetworks))]
public sealed class RealNetworks;
