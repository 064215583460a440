using System.Net;
using NetLab.Host.Settings;
using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>Makes bridges between two transports.</summary>
internal sealed class ForwardServiceFactory : IServiceFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = ["forward"];

    /// <inheritdoc/>
    public void Validate(ServiceDefinition definition)
    {
        LabAddress from = definition.ParseAddress();
        if (definition.Target is not { Length: > 0 } target)
        {
            throw new UsageException("Target: is missing");
        }

        LabAddress to = LabAddress.Parse(target);
        to.CheckPeer();
        bool crosses = definition.Link is not null && from.IsStream && to.IsStream;
        definition.CheckCongestion([from.Transport, to.Transport, .. crosses ? [LabTransport.Tcp] : Array.Empty<LabTransport>()]);
        LinkText.Parse(definition.Link ?? "");
    }

    /// <inheritdoc/>
    public async Task<IBoundService> CreateAsync(ServiceDefinition definition, ServiceContext context, CancellationToken cancellationToken)
    {
        LabAddress from = definition.ParseAddress();
        LabAddress to = LabAddress.Parse(definition.Target!);
        IPEndPoint local = await from.ResolveAsync(context.AllowRemote, cancellationToken).ConfigureAwait(false);
        IPEndPoint peer = await to.ResolvePeerAsync(context.AllowRemote, cancellationToken).ConfigureAwait(false);
        LinkDescription? link = definition.Link is { } text ? LinkText.Parse(text) : null;

        // Datagrams stay what they are: one in, one out.
        return from.IsStream || to.IsStream
            ? new ForwardService(from.At(local), to.At(peer), StreamOrDatagramServiceFactory.StreamsOf(definition, from, context), link)
            : new RelayService(from.At(local), peer, link ?? new LinkDescription(), context.Recorder);
    }
}
