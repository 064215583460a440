using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>Makes echo, discard and source, on byte streams and on datagrams.</summary>
internal sealed class StreamOrDatagramServiceFactory : IServiceFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => SimpleProtocols.Names;

    /// <inheritdoc/>
    public void Validate(ServiceDefinition definition)
    {
        definition.RefuseTarget();
        definition.CheckCongestion(definition.ParseAddress().Transport);
    }

    /// <inheritdoc/>
    public async Task<IBoundService> CreateAsync(ServiceDefinition definition, ServiceContext context, CancellationToken cancellationToken)
    {
        LabAddress address = definition.ParseAddress();
        string kind = definition.Kind;
        LabAddress local = address.At(await address.ResolveAsync(context.AllowRemote, cancellationToken).ConfigureAwait(false));
        return address.IsStream
            ? new StreamService(kind, local, StreamsOf(definition, address, context), context.Loggers, (stream, onMoved, stopping) => SimpleProtocols.ServeAsync(kind, stream, onMoved, stopping))
            : new DatagramService(kind, local, context, (datagram, scratch) => SimpleProtocols.Answer(kind, datagram, scratch));
    }

    /// <summary>How a service's byte streams are set up: a client that vanished is noticed, whatever it left behind.</summary>
    public static StreamOptions StreamsOf(ServiceDefinition definition, LabAddress address, ServiceContext context) =>
        new(null, context.AllowRemote, context.Recorder)
        {
            Place = $"{definition.Kind} {address}",
            Loggers = context.Loggers,
            Memory = context.Lab.Memory,
            KeepAlive = StreamOptions.ServiceKeepAlive,
            Congestion = CongestionNames.Parse(definition.Congestion, "Congestion"),
        };
}
