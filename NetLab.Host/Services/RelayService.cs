using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using NetLab.Host.Commands;
using NetLab.Host.Recording;
using NetLab.Host.Streams;
using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>A link relay as a service.</summary>
internal sealed class RelayService(RelayOptions options, bool allowRemote, LabRecorder? recorder, ServiceAddresses addresses) : BackgroundService
{
    private LinkRelay? _relay;

    /// <summary>Where it listens and passes on to, and what it has done.</summary>
    public (string Name, LinkRelay? Relay) Summary => ($"relay {options.Listen} → {options.Target}", _relay);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        LabAddress listen = LabAddress.Parse(options.Listen);
        LinkDescription link = CommonOptions.Link(options.Link);
        ulong seed = link.Seed ?? Seeds.Draw();
        IPEndPoint local = listen.Resolve(allowRemote);
        LinkRelayOptions relay = LabRelay.OptionsFor(local, LabAddress.Parse(options.Target).ResolvePeer(allowRemote), link, seed) with
        {
            Tap = recorder?.AddPlace($"relay {options.Listen}, at its clients", () => local),
        };
        try
        {
            _relay = new LinkRelay(relay);
            local = _relay.LocalEndPoint;
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(listen, error);
        }

        addresses.Publish($"relay to {options.Target}, seed={seed}", listen.At(_relay.LocalEndPoint));
        _relay.Start();
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _relay?.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _relay!.Completion.WaitAsync(stoppingToken);
}
