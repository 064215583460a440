namespace NetLab.Host.Forwarding;

/// <summary>The connecting side of a forward.</summary>
internal interface IForwardTarget : IAsyncDisposable
{
    /// <summary>Opens one connection.</summary>
    /// <param name="client">The address and port of the client it is for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Nobody is there.</exception>
    Task<IForwardLeg> OpenAsync(string client, CancellationToken cancellationToken);
}
