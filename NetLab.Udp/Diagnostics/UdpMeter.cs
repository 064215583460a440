using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using NetLab.Udp.Counters;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Diagnostics;

/// <summary>
/// The meter <c>NetLab.Udp</c>: what datagram sockets and link relays do, added up over all that count in its tallies.
/// Nothing is added up as long as nobody listens.
/// </summary>
/// <remarks>
/// Instruments: <c>netlab.udp.sockets</c> {socket}; by <c>network.io.direction</c> (transmit, receive)
/// <c>netlab.udp.datagrams</c> {datagram}, <c>netlab.udp.io</c> By (of payload), <c>netlab.udp.calls</c> {call};
/// <c>netlab.udp.buffer_drops</c> {drop}, each up to 64 datagrams; <c>netlab.udp.link.datagrams</c> {datagram} that entered a link,
/// by <c>netlab.link.direction</c> (up, down) and <c>netlab.link.fate</c> (passed, lost, scripted, queue_full, early_drop, down, too_large);
/// <c>netlab.udp.link.effects</c> {datagram} by <c>netlab.link.effect</c> (duplicated, reordered, corrupted, marked).
/// </remarks>
public sealed class UdpMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "NetLab.Udp";

    private readonly Meter _meter;

    /// <summary>Makes a meter.</summary>
    /// <param name="factory">Whose it is, such as a host's; null for nobody's.</param>
    public UdpMeter(IMeterFactory? factory = null)
        : this(factory, new Tally<DatagramSocketStatistics>(), new LinkCounts())
    {
    }

    private UdpMeter(IMeterFactory? factory, Tally<DatagramSocketStatistics> sockets, LinkCounts links)
    {
        (Sockets, Links) = (sockets, links);
        string? version = typeof(UdpMeter).Assembly.GetName().Version?.ToString(3);
        _meter = factory?.Create(Name, version) ?? new Meter(Name, version);
        _meter.CreateObservableUpDownCounter("netlab.udp.sockets", () => Sockets.Count, "{socket}", "Datagram sockets that are open");
        ByDirection("netlab.udp.datagrams", "{datagram}", "Datagrams sent and received", s => s.DatagramsSent, s => s.DatagramsReceived);
        ByDirection("netlab.udp.io", "By", "Bytes of payload sent and received", s => s.BytesSent, s => s.BytesReceived);
        ByDirection("netlab.udp.calls", "{call}", "System calls that carried datagrams", s => s.SendCalls, s => s.ReceiveCalls);
        _meter.CreateObservableCounter("netlab.udp.buffer_drops", () => Sockets.Sum().BufferDrops, "{drop}", "Times the kernel dropped something because a socket's buffer was full");
        _meter.CreateObservableCounter("netlab.udp.link.datagrams", () => Fates(Links.Up.Sum(), "up").Concat(Fates(Links.Down.Sum(), "down")), "{datagram}", "Datagrams that entered emulated links");
        _meter.CreateObservableCounter("netlab.udp.link.effects", () => Effects(Links.Up.Sum(), "up").Concat(Effects(Links.Down.Sum(), "down")), "{datagram}", "What emulated links did to datagrams");
    }

    /// <summary>The one that belongs to nobody: what does not say otherwise counts in it.</summary>
    public static UdpMeter Shared { get; } = new(null, DatagramSocketOptions.SharedCounts, LinkCounts.Shared);

    /// <summary>What sockets are to count in (<see cref="DatagramSocketOptions.Counts"/>).</summary>
    public Tally<DatagramSocketStatistics> Sockets { get; }

    /// <summary>What relays are to count in (<see cref="LinkRelayOptions.Counts"/>).</summary>
    public LinkCounts Links { get; }

    // Sockets do not know who watches them: the meter is there from the moment the library is, as dotnet-counters expects of one.
#pragma warning disable CA2255 // It adds an instrument to the process and does nothing that could fail or be seen otherwise.
    [ModuleInitializer]
    internal static void Publish() => RuntimeHelpers.RunClassConstructor(typeof(UdpMeter).TypeHandle);
#pragma warning restore CA2255

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void ByDirection(string name, string unit, string description, Func<DatagramSocketStatistics, long> sent, Func<DatagramSocketStatistics, long> received) =>
        _meter.CreateObservableCounter(
            name,
            () =>
            {
                DatagramSocketStatistics sum = Sockets.Sum();
                return (Measurement<long>[])
                [
                    new(sent(sum), new KeyValuePair<string, object?>("network.io.direction", "transmit")),
                    new(received(sum), new KeyValuePair<string, object?>("network.io.direction", "receive")),
                ];
            },
            unit,
            description);

    private static IEnumerable<Measurement<long>> Fates(LinkStatistics sum, string direction) =>
    [
        Of(sum.Entered - sum.Dropped, direction, "netlab.link.fate", "passed"),
        Of(sum.Lost, direction, "netlab.link.fate", "lost"),
        Of(sum.ScriptedDrops, direction, "netlab.link.fate", "scripted"),
        Of(sum.QueueDrops, direction, "netlab.link.fate", "queue_full"),
        Of(sum.EarlyDrops, direction, "netlab.link.fate", "early_drop"),
        Of(sum.LostWhileDown, direction, "netlab.link.fate", "down"),
        Of(sum.TooLarge, direction, "netlab.link.fate", "too_large"),
    ];

    private static IEnumerable<Measurement<long>> Effects(LinkStatistics sum, string direction) =>
    [
        Of(sum.Duplicated, direction, "netlab.link.effect", "duplicated"),
        Of(sum.Reordered, direction, "netlab.link.effect", "reordered"),
        Of(sum.Corrupted, direction, "netlab.link.effect", "corrupted"),
        Of(sum.Marked, direction, "netlab.link.effect", "marked"),
    ];

    private static Measurement<long> Of(long value, string direction, string key, string what) =>
        new(value, new KeyValuePair<string, object?>("netlab.link.direction", direction), new KeyValuePair<string, object?>(key, what));
}
