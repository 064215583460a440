namespace NetLab.Tcp.Tests.Transport;

/// <summary>Tests that no other runs beside.</summary>
[CollectionDefinition(FloodTests.Alone, DisableParallelization = true)]
public sealed class AloneCollection;
