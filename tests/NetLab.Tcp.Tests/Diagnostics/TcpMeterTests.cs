using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Tests.Transport;
using NetLab.Tcp.Transport;
using NetLab.Udp.Diagnostics;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Diagnostics;

/// <summary>The meter NetLab.Tcp and the log of the same name, as a host has them: by its services.</summary>
public sealed class TcpMeterTests : IAsyncLifetime
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics()
        .AddLogging(logging => logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug))
        .AddNetLabTcp(new TcpEndpointOptions())
        .BuildServiceProvider();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task A_conversation_is_counted_timed_and_written_down()
    {
        byte[] said = StreamBehaviourTests.Bytes(1, 100_000);
        IConnectionListener listener = await _services.GetRequiredService<IConnectionListenerFactory>().BindAsync(Anywhere);
        ConnectionContext client = await _services.GetRequiredService<IConnectionFactory>().ConnectAsync(listener.EndPoint);
        ConnectionContext server = (await listener.AcceptAsync())!;
        Assert.Equal((1, 1), (Last("netlab.tcp.connections", "netlab.tcp.role", "client"), Last("netlab.tcp.connections", "netlab.tcp.role", "server")));

        await client.Transport.Output.WriteAsync(said);
        await client.Transport.Output.CompleteAsync();
        await server.Transport.Output.CompleteAsync();
        Assert.Equal(said, await StreamBehaviourTests.ReadToEnd((TcpConnection)server).WaitAsync(Patience));
        Assert.Empty(await StreamBehaviourTests.ReadToEnd((TcpConnection)client).WaitAsync(Patience));
        await Task.WhenAll(((TcpConnection)client).Ended, ((TcpConnection)server).Ended).WaitAsync(Patience);

        // Of those that are over nothing is lost.
        Assert.Equal((0, 0), (Last("netlab.tcp.connections", "netlab.tcp.role", "client"), Last("netlab.tcp.connections", "netlab.tcp.role", "server")));
        Assert.InRange(Last("netlab.tcp.io", "network.io.direction", "transmit"), said.Length, 2 * said.Length);
        Assert.Equal(said.Length, Last("netlab.tcp.io", "network.io.direction", "receive"));
        Assert.InRange(Last("netlab.tcp.segments", "network.io.direction", "transmit"), said.Length / 1400, long.MaxValue);
        await client.DisposeAsync();
        await server.DisposeAsync();
        await listener.DisposeAsync();
        Assert.Equal(said.Length, Last("netlab.tcp.io", "network.io.direction", "receive"));
        Assert.InRange(Collected<long>(UdpMeter.Name, "netlab.udp.io").Last(m => Equals(m.Tags["network.io.direction"], "receive")).Value, said.Length, long.MaxValue);

        string[] written = [.. _services.GetFakeLogCollector().GetSnapshot().Where(r => r.Category == "NetLab.Tcp").Select(r => r.Message)];
        Assert.Equal(2, written.Count(m => m.Contains(" established after ", StringComparison.Ordinal)));
        Assert.Equal(2, written.Count(m => m.Contains(" ended: Finished; ", StringComparison.Ordinal)));
        Assert.Contains(written, m => m.Contains("ended: Finished; 0 bytes sent, 100000 received", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Durations_name_the_role_and_how_it_ended()
    {
        using MetricCollector<double> lives = Collector<double>("netlab.tcp.connection.duration");
        using MetricCollector<double> handshakes = Collector<double>("netlab.tcp.handshake.duration");
        IConnectionListener listener = await _services.GetRequiredService<IConnectionListenerFactory>().BindAsync(Anywhere);
        ConnectionContext client = await _services.GetRequiredService<IConnectionFactory>().ConnectAsync(listener.EndPoint);
        ConnectionContext server = (await listener.AcceptAsync())!;
        client.Abort();
        await Task.WhenAll(((TcpConnection)client).Ended, ((TcpConnection)server).Ended).WaitAsync(Patience);
        await listener.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => _services.GetRequiredService<IConnectionFactory>().ConnectAsync(listener.EndPoint).AsTask().WaitAsync(Patience));
        Assert.Equal(["client aborted", "server reset"], lives.GetMeasurementSnapshot().Select(m => $"{m.Tags["netlab.tcp.role"]} {m.Tags["netlab.tcp.close_reason"]}").Order());
        Assert.Equal(2, handshakes.GetMeasurementSnapshot().Count(m => !m.Tags.ContainsKey("error.type")));
        Assert.Equal("refused", handshakes.LastMeasurement!.Tags["error.type"]);
        Assert.All(lives.GetMeasurementSnapshot().Concat(handshakes.GetMeasurementSnapshot()), m => Assert.InRange(m.Value, 0, Patience.TotalSeconds));
    }

    [Fact]
    public async Task Segments_of_no_connection_are_counted_by_their_fate()
    {
        await using IConnectionListener listener = await _services.GetRequiredService<IConnectionListenerFactory>().BindAsync(Anywhere);
        using DatagramSocket unconnected = DatagramSocket.Bind(Anywhere);
        byte[] badChecksum = new byte[20];
        badChecksum[12] = 5 << 4;
        badChecksum[1] = badChecksum[3] = 9;
        unconnected.TrySend("hello, is this UDP?"u8.ToArray(), 19, DatagramAddress.From((IPEndPoint)listener.EndPoint), out _);
        unconnected.TrySend(badChecksum, 20, DatagramAddress.From((IPEndPoint)listener.EndPoint), out _);
        Assert.True(SpinWait.SpinUntil(
            () => Last("netlab.tcp.unmatched_segments", "netlab.tcp.fate", "malformed") == 1 && Last("netlab.tcp.unmatched_segments", "netlab.tcp.fate", "bad_checksum") == 1, Patience));
        Assert.Equal(0, Last("netlab.tcp.unmatched_segments", "netlab.tcp.fate", "reset"));
    }

    [Fact]
    public async Task What_connections_hold_is_measured_and_nothing_is_left_when_they_are_gone()
    {
        IConnectionListener listener = await _services.GetRequiredService<IConnectionListenerFactory>().BindAsync(Anywhere);
        ConnectionContext client = await _services.GetRequiredService<IConnectionFactory>().ConnectAsync(listener.EndPoint);
        ConnectionContext server = (await listener.AcceptAsync())!;

        // Both ends hold 6 KiB each, and the server what is not read.
        await client.Transport.Output.WriteAsync(new byte[100_000]);
        await ((TcpConnection)client).WaitForAcknowledgedAsync().WaitAsync(Patience);
        Assert.True(SpinWait.SpinUntil(() => Usage() >= 100_000 + (2 * 6 * 1024), Patience));
        Assert.Equal((0, 0), (Last("netlab.tcp.memory.refusals", "netlab.tcp.refused", "payload"), Last("netlab.tcp.memory.refusals", "netlab.tcp.refused", "connection")));
        client.Abort();
        await Task.WhenAll(((TcpConnection)client).Ended, ((TcpConnection)server).Ended).WaitAsync(Patience);
        await client.DisposeAsync();
        await server.DisposeAsync();
        await listener.DisposeAsync();
        Assert.True(SpinWait.SpinUntil(() => Usage() == 0, Patience));

        long Usage() => Collected<long>(TcpMeter.Name, "netlab.tcp.memory.usage")[^1].Value;
    }

    private long Last(string instrument, string key, string value) =>
        Collected<long>(TcpMeter.Name, instrument).Last(m => Equals(m.Tags[key], value)).Value;

    private IReadOnlyList<CollectedMeasurement<T>> Collected<T>(string meter, string instrument)
        where T : struct
    {
        using var collector = new MetricCollector<T>(_services.GetRequiredService<IMeterFactory>(), meter, instrument);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot();
    }

    private MetricCollector<T> Collector<T>(string instrument)
        where T : struct => new(_services.GetRequiredService<IMeterFactory>(), TcpMeter.Name, instrument);
}
