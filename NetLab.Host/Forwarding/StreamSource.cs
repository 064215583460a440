using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Forwarding;

/// <summary>Byte streams that are accepted.</summary>
internal sealed class StreamSource(ForwardSettings settings) : IForwardSource
{
    private readonly StreamListener _listener = StreamListener.Bind(settings.From, settings.Streams with { Place = settings.SourcePlace });

    /// <inheritdoc/>
    public LabAddress Address => _listener.Address;

    /// <inheritdoc/>
    public async Task<IForwardLeg> AcceptAsync(CancellationToken cancellationToken) =>
        new StreamLeg(await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
