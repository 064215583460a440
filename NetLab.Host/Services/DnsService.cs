using NetLab.Host.Names;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>
/// A server of names: on datagrams, and on the kernel's TCP at the same port for answers that do not fit (RFC 7766, 5); or on a byte stream
/// alone where the address is one.
/// </summary>
/// <param name="address">Where it listens, resolved.</param>
/// <param name="responder">Answers.</param>
/// <param name="streams">How its streams are set up.</param>
/// <param name="context">What the lab gives.</param>
internal sealed class DnsService(LabAddress address, DnsResponder responder, StreamOptions streams, ServiceContext context) : IBoundService
{
    /// <summary>The name of the kind.</summary>
    public const string Dns = "dns";

    // A port that the system chose for datagrams may be taken for streams.
    private const int MaxTries = 10;

    private DatagramService? _datagrams;
    private StreamService? _streams;

    /// <inheritdoc/>
    public LabAddress BoundAddress => (_datagrams as IBoundService ?? _streams)?.BoundAddress ?? address;

    /// <inheritdoc/>
    public Task Completion => (_datagrams, _streams) switch
    {
        ({ } datagrams, { } byStream) => Task.WhenAny(datagrams.Completion, byStream.Completion).Unwrap(),
        _ => _streams?.Completion ?? Task.CompletedTask,
    };

    /// <inheritdoc/>
    public IReadOnlyList<ServiceCount> Counts =>
    [
        .. responder.Counts.All.Select(c => new ServiceCount(c.Name, c.Value)),
        .. _datagrams?.Counts ?? [],
        .. _streams?.Counts ?? [],
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceClient> Clients => _streams?.Clients ?? [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (address.IsStream)
        {
            _streams = NewStreams(address);
            await _streams.StartAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        for (int i = 1; ; i++)
        {
            _datagrams = new DatagramService(Dns, address, context, Answer);
            await _datagrams.StartAsync(cancellationToken).ConfigureAwait(false);
            _streams = NewStreams(_datagrams.BoundAddress with { Transport = LabTransport.KernelTcp });
            try
            {
                await _streams.StartAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (UsageException)
            {
                await StopAsync(cancellationToken).ConfigureAwait(false);
                Dispose();
                if (address.Port != 0 || i == MaxTries)
                {
                    throw;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await (_datagrams?.StopAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
        await (_streams?.StopAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _datagrams?.Dispose();
        _streams?.Dispose();
    }

    private ReadOnlySpan<byte> Answer(ReadOnlySpan<byte> datagram, Span<byte> scratch) => scratch[..responder.Answer(datagram, scratch[..DnsResponder.MaxMessage], isStream: false)];

    private StreamService NewStreams(LabAddress at) =>
        new(Dns, at, streams, context.Loggers, (stream, onMoved, stopping) => DnsStream.ServeAsync(responder, stream, onMoved, stopping));
}
