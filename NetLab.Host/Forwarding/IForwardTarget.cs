namespace NetLab.Host.Forwarding;

/// <summary>The connecting side of a forward.</summary>
internal interface IForwardTarget : IAsyncDisposable
{
    /// <summary>Opens one connection.</summary>
    /// <exception cref="IOException">Nobody is there.</exception>
    Task<IForwardLeg> OpenAsync(CancellationToken cancellationToken);
}
