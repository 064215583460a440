using System.Net;
using System.Net.Sockets;
using NetLab.Host.Relays;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Links;

namespace NetLab.Host.Forwarding;

/// <summary>
/// A forward and the link it is asked to cross. A link carries datagrams: it stands before the target if that is reached by any, else
/// before the listener; and between two kernel streams it is crossed by NetLab's TCP, from one forward to a second one.
/// </summary>
internal sealed class ForwardChain : IAsyncDisposable
{
    private readonly List<Forward> _forwards = [];

    private ForwardChain(ulong seed) => Seed = seed;

    /// <summary>The forward that clients connect to.</summary>
    public Forward Front => _forwards[0];

    /// <summary>The link; null without one.</summary>
    public LinkRelay? Relay { get; private set; }

    /// <summary>The seed of the link.</summary>
    public ulong Seed { get; }

    /// <summary>Where clients connect to.</summary>
    public required LabAddress Address { get; init; }

    /// <summary>Binds everything.</summary>
    /// <param name="from">Where to listen, resolved.</param>
    /// <param name="to">Where to pass on to, resolved.</param>
    /// <param name="streams">How byte streams are set up.</param>
    /// <param name="link">The link to cross; null for none.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="onOpened">Told of each connection as it is accepted.</param>
    /// <param name="onClosed">Told of each connection as it is over.</param>
    /// <exception cref="UsageException">The address is taken or not this machine's.</exception>
    public static ForwardChain Bind(
        LabAddress from, LabAddress to, StreamOptions streams, LinkDescription? link, ulong seed, Action<ForwardConnection>? onOpened, Action<ForwardConnection>? onClosed)
    {
        var front = new ForwardSettings(from, to, streams) { OnOpened = onOpened, OnClosed = onClosed };
        if (link is null)
        {
            Forward forward = Forward.Bind(front);
            return new ForwardChain(seed) { Address = forward.Address, _forwards = { forward } };
        }

        if (to.IsOverUdp)
        {
            LinkRelay relay = LabRelay.Start(ForwardSettings.EndPointOf(to), link, seed);
            return Behind(relay, () => front with { To = to.At(relay.LocalEndPoint) }, seed);
        }

        if (from.IsOverUdp)
        {
            Forward forward = Forward.Bind(front with { From = from.At(new IPEndPoint(ForwardSettings.EndPointOf(from).AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0)) });
            LinkRelay relay = StartAt(from, ForwardSettings.EndPointOf(forward.Address), link, seed);
            return new ForwardChain(seed) { Address = from.At(relay.LocalEndPoint), Relay = relay, _forwards = { forward } };
        }

        Forward back = Forward.Bind(new ForwardSettings(new LabAddress(LabTransport.Tcp, "127.0.0.1", 0), to, streams) { SourcePlace = "behind the link" });
        LinkRelay between = LabRelay.Start(ForwardSettings.EndPointOf(back.Address), link, seed);
        ForwardChain chain = Behind(between, () => front with { To = back.Address.At(between.LocalEndPoint), TargetPlace = "before the link" }, seed);
        chain._forwards.Add(back);
        return chain;
    }

    /// <summary>Makes the link another one while it is crossed.</summary>
    /// <returns>False if there is none, or if it would need another seed: then the forward has to begin anew.</returns>
    public bool TryChange(LinkDescription changed)
    {
        if (Relay is not { } relay || (changed.Seed is { } other && other != Seed))
        {
            return false;
        }

        relay.Change(changed);
        return true;
    }

    /// <summary>Passes on until it is told to stop.</summary>
    /// <exception cref="IOException">A listener or the link has failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> all = [.. _forwards.Select(f => f.RunAsync(stopping.Token))];
        Task first = await Task.WhenAny([.. all, .. Relay is { } relay ? [relay.Completion] : Array.Empty<Task>()]).ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Forward forward in _forwards)
        {
            await forward.DisposeAsync().ConfigureAwait(false);
        }

        Relay?.Dispose();
    }

    private static ForwardChain Behind(LinkRelay relay, Func<ForwardSettings> settings, ulong seed)
    {
        try
        {
            Forward forward = Forward.Bind(settings());
            return new ForwardChain(seed) { Address = forward.Address, Relay = relay, _forwards = { forward } };
        }
        catch
        {
            relay.Dispose();
            throw;
        }
    }

    private static LinkRelay StartAt(LabAddress listen, IPEndPoint target, LinkDescription link, ulong seed)
    {
        try
        {
            var relay = new LinkRelay(LabRelay.OptionsFor(ForwardSettings.EndPointOf(listen), target, link, seed));
            relay.Start();
            return relay;
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(listen, error);
        }
    }
}
