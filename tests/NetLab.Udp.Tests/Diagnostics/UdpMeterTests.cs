using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using NetLab.Udp.Diagnostics;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Diagnostics;

/// <summary>The meter NetLab.Udp says what the sockets and links that name it have done, and nothing of any other.</summary>
public sealed class UdpMeterTests : IDisposable
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly UdpMeter _meter;

    public UdpMeterTests() => _meter = new UdpMeter(_services.GetRequiredService<IMeterFactory>());

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Sockets_count_what_passes_and_keep_it_in_the_sum_when_they_close()
    {
        var options = new DatagramSocketOptions { Counts = _meter.Sockets };
        using DatagramSocket other = DatagramSocket.Bind(Anywhere);
        using (DatagramSocket sender = DatagramSocket.Bind(Anywhere, options))
        using (DatagramSocket receiver = DatagramSocket.Bind(Anywhere, options))
        {
            Assert.Equal(2, Last("netlab.udp.sockets"));
            sender.TrySend(new byte[2500], 1000, DatagramAddress.From(receiver.LocalEndPoint), out _);
            Drain(receiver, 2500);
        }

        other.TrySend(new byte[10], 10, DatagramAddress.From(other.LocalEndPoint), out _);
        Assert.Equal(0, Last("netlab.udp.sockets"));
        Assert.Equal((3, 3), (Last("netlab.udp.datagrams", "transmit"), Last("netlab.udp.datagrams", "receive")));
        Assert.Equal((2500, 2500), (Last("netlab.udp.io", "transmit"), Last("netlab.udp.io", "receive")));
        Assert.InRange(Last("netlab.udp.calls", "transmit"), 1, 3);
        Assert.Equal(0, Last("netlab.udp.buffer_drops"));
    }

    [LinuxFact]
    public void A_buffer_that_was_full_is_counted_with_the_next_that_comes()
    {
        using DatagramSocket sender = DatagramSocket.Bind(Anywhere, new DatagramSocketOptions { Counts = _meter.Sockets });
        using DatagramSocket receiver = DatagramSocket.Bind(Anywhere, new DatagramSocketOptions { Counts = _meter.Sockets, ReceiveBufferSize = 4096 });
        DatagramAddress to = DatagramAddress.From(receiver.LocalEndPoint);
        for (int i = 0; i < 1000; i++)
        {
            sender.TrySend(new byte[1000], 1000, to, out _);
        }

        byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];
        while (receiver.TryReceive(buffer, out _) == DatagramReceiveStatus.Received)
        {
        }

        sender.TrySend(new byte[1000], 1000, to, out _);
        Drain(receiver, 1000);
        Assert.InRange(Last("netlab.udp.buffer_drops"), 1, 1000);
        Assert.Equal((long)receiver.BufferDrops!.Value, Last("netlab.udp.buffer_drops"));
    }

    [Fact]
    public void Links_say_what_became_of_datagrams()
    {
        Assert.True(LinkDescription.TryParse("up.duplicate=100%,down.loss=100%", out LinkDescription link, out _));
        using DatagramSocket server = DatagramSocket.Bind(Anywhere);
        using var relay = new LinkRelay(new LinkRelayOptions { Listen = Anywhere, Target = server.LocalEndPoint, Link = link, Counts = _meter.Links, SocketCounts = _meter.Sockets });
        relay.Start();
        using DatagramSocket client = DatagramSocket.Bind(Anywhere);
        client.TrySend(new byte[300], 100, DatagramAddress.From(relay.LocalEndPoint), out _);
        byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];
        DatagramBatch batch = default;
        Assert.True(SpinWait.SpinUntil(() => server.TryReceive(buffer, out batch) == DatagramReceiveStatus.Received, Patience));
        server.TrySend(new byte[50], 50, batch.From, out _);
        Assert.True(SpinWait.SpinUntil(() => Fate("down", "lost") == 1, Patience));
        Assert.Equal((3, 0, 0), (Fate("up", "passed"), Fate("up", "lost"), Fate("down", "passed")));
        using var effects = new MetricCollector<long>(_services.GetRequiredService<IMeterFactory>(), UdpMeter.Name, "netlab.udp.link.effects");
        effects.RecordObservableInstruments();
        Assert.Equal(3, effects.GetMeasurementSnapshot().Single(m => Equals(m.Tags["netlab.link.direction"], "up") && Equals(m.Tags["netlab.link.effect"], "duplicated")).Value);
    }

    private long Fate(string direction, string fate)
    {
        using var collector = new MetricCollector<long>(_services.GetRequiredService<IMeterFactory>(), UdpMeter.Name, "netlab.udp.link.datagrams");
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().Single(m => Equals(m.Tags["netlab.link.direction"], direction) && Equals(m.Tags["netlab.link.fate"], fate)).Value;
    }

    private long Last(string instrument, string? direction = null)
    {
        if (instrument == "netlab.udp.sockets")
        {
            using var sockets = new MetricCollector<int>(_services.GetRequiredService<IMeterFactory>(), UdpMeter.Name, instrument);
            sockets.RecordObservableInstruments();
            return sockets.LastMeasurement!.Value;
        }

        using var collector = new MetricCollector<long>(_services.GetRequiredService<IMeterFactory>(), UdpMeter.Name, instrument);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot().Last(m => direction is null || Equals(m.Tags["network.io.direction"], direction)).Value;
    }

    private static void Drain(DatagramSocket socket, int bytes)
    {
        byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];
        int got = 0;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                while (socket.TryReceive(buffer, out DatagramBatch batch) == DatagramReceiveStatus.Received)
                {
                    got += batch.Length;
                }

                return got == bytes;
            },
            Patience));
    }
}
