using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using NetLab.Host.Recording;
using NetLab.Host.Relays;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>A link relay as a service.</summary>
internal sealed class RelayService(RelayOptions options, bool allowRemote, LabRecorder? recorder) : BackgroundService, IBoundService
{
    private LinkRelay? _relay;

    /// <summary>Where it listens and passes on to, and what it has done; of a relay that has started.</summary>
    public (string Name, LinkRelay Relay) Summary => ($"relay {options.Listen} → {options.Target}", _relay!);

    /// <summary>The seed of its link; known once it has started.</summary>
    public ulong Seed { get; private set; }

    public LabAddress BoundAddress => LabAddress.Parse(options.Listen) is var listen && _relay is null ? listen : listen.At(_relay!.LocalEndPoint);

    /// <summary>Makes the link another one while it runs.</summary>
    /// <returns>False if it would need another seed: then the relay has to begin anew.</returns>
    public bool TryChange(LinkDescription link)
    {
        bool keepsSeed = link.Seed is null || link.Seed == Seed;
        if (keepsSeed)
        {
            _relay!.Change(link);
        }

        return keepsSeed;
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        LabAddress listen = LabAddress.Parse(options.Listen);
        LinkDescription link = LinkText.Parse(options.Link);
        Seed = link.Seed ?? Seeds.Draw();
        IPEndPoint local = listen.Resolve(allowRemote);
        LinkRelayOptions relay = LabRelay.OptionsFor(local, LabAddress.Parse(options.Target).ResolvePeer(allowRemote), link, Seed) with
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
