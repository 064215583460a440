using System.Net;
using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>Makes link relays.</summary>
internal sealed class RelayServiceFactory : IServiceFactory
{
    /// <summary>The name of the kind.</summary>
    public const string Relay = "relay";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Relay];

    /// <inheritdoc/>
    public void Validate(ServiceDefinition definition)
    {
        definition.CheckCongestion();
        foreach ((string text, string name) in ((string, string)[])[(definition.Address, "Listen"), (definition.Target ?? "", "Target")])
        {
            if (text.Length == 0)
            {
                throw new UsageException($"{name}: is missing");
            }

            LabAddress address = LabAddress.Parse(text);
            if (address.Transport != LabTransport.Udp)
            {
                throw new UsageException($"'{text}': a link carries datagrams: udp://HOST:PORT");
            }
        }

        LabAddress.Parse(definition.Target!).CheckPeer();
        LinkText.Parse(definition.Link ?? "");
    }

    /// <inheritdoc/>
    public async Task<IBoundService> CreateAsync(ServiceDefinition definition, ServiceContext context, CancellationToken cancellationToken)
    {
        LabAddress listen = LabAddress.Parse(definition.Address);
        IPEndPoint local = await listen.ResolveAsync(context.AllowRemote, cancellationToken).ConfigureAwait(false);
        IPEndPoint target = await LabAddress.Parse(definition.Target!).ResolvePeerAsync(context.AllowRemote, cancellationToken).ConfigureAwait(false);
        return new RelayService(listen.At(local), target, LinkText.Parse(definition.Link ?? ""), context.Recorder);
    }
}
