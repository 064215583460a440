namespace NetLab.Host.Backends;

/// <summary>What a backend is doing.</summary>
/// <param name="Backend">Its name, HOST:PORT.</param>
/// <param name="Address">Where it is.</param>
/// <param name="State"><c>in</c>, <c>draining</c> (taken out, and connections are still open), <c>out</c>, or <c>down</c> (its checks fail).</param>
/// <param name="Open">Connections it has now.</param>
/// <param name="Given">Connections it was given.</param>
/// <param name="Failures">Connections that it did not accept.</param>
internal sealed record BackendState(string Backend, string Address, string State, int Open, long Given, long Failures);
