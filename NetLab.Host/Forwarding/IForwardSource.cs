using NetLab.Host.Settings;

namespace NetLab.Host.Forwarding;

/// <summary>The listening side of a forward.</summary>
internal interface IForwardSource : IAsyncDisposable
{
    /// <summary>Where it listens, with the port the system chose.</summary>
    LabAddress Address { get; }

    /// <summary>Waits for the next client.</summary>
    /// <exception cref="IOException">The listener has failed.</exception>
    Task<IForwardLeg> AcceptAsync(CancellationToken cancellationToken);
}
