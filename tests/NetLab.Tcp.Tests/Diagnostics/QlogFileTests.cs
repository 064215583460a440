using System.Text;
using System.Text.Json;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Diagnostics;

public sealed class QlogFileTests
{
    [Fact]
    public void A_qlog_is_a_sequence_of_records_each_of_them_json()
    {
        using var stream = new MemoryStream();
        var log = new ConnectionEventLog();
        using (var qlog = new QlogFile(stream, "a test", Instant.Zero, DateTimeOffset.UnixEpoch))
        {
            Run(qlog, log);
            Assert.Null(qlog.Failure);
        }

        JsonElement[] records = Records(stream.ToArray());
        Assert.Equal(("0.3", "JSON-SEQ", "a test"), (Text(records[0], "qlog_version"), Text(records[0], "qlog_format"), Text(records[0], "title")));
        JsonElement[] events = records[1..];
        Assert.Equal(2, events.Select(e => Text(e, "group_id")).Distinct().Count());
        JsonElement[] own = [.. events.Where(e => Text(e, "group_id").Contains(":client:", StringComparison.Ordinal))];

        // The same events as any other observer hears, under qlog's names.
        Assert.Equal(log.Events.Count, own.Length);
        Assert.Equal(log.Of(ConnectionEventKind.SegmentSent).Count(), own.Count(e => Text(e, "name") == "transport:packet_sent"));
        Assert.Equal(log.Of(ConnectionEventKind.SegmentReceived).Count(), own.Count(e => Text(e, "name") == "transport:packet_received"));
        Assert.Equal(
            log.Of(ConnectionEventKind.SegmentLost).Select(e => e.Transmission),
            own.Where(e => Text(e, "name") == "recovery:packet_lost").Select(e => e.GetProperty("data").GetProperty("header").GetProperty("packet_number").GetInt64()));
        Assert.NotEmpty(log.Of(ConnectionEventKind.SegmentLost));
        Assert.Contains(own, e => Text(e, "name") == "recovery:metrics_updated" && e.GetProperty("data").TryGetProperty("congestion_window", out _));
        double[] times = [.. own.Select(e => e.GetProperty("time").GetDouble())];
        Assert.Equal(times.Order(), times);

        // The stream's bytes are all there, from its first.
        long[] offsets = [.. own.Where(e => Text(e, "name") == "transport:packet_sent" && e.GetProperty("data").TryGetProperty("frames", out _))
            .Select(e => e.GetProperty("data").GetProperty("frames")[0].GetProperty("offset").GetInt64())];
        Assert.Equal(0, offsets[0]);
    }

    [Fact]
    public void A_disk_that_is_full_ends_the_log_and_not_the_connection()
    {
        using var qlog = new QlogFile(new FullDisk(room: 5_000), "a test", Instant.Zero, DateTimeOffset.UnixEpoch);
        Run(qlog, new ConnectionEventLog());
        Assert.IsType<IOException>(qlog.Failure);
    }

    private static void Run(QlogFile qlog, ConnectionEventLog log)
    {
        Assert.True(LinkDescription.TryParse("delay=10ms,loss=5%", out LinkDescription link, out _));
        var pair = new SimulatedPair(
            link, 1, new ConnectionOptions { Observe = c => new Both(qlog.Observe(c), log) }, new ConnectionOptions { Observe = qlog.Observe });
        Assert.True(pair.Run(() => pair.Client.IsEstablished, TimeSpan.FromMinutes(5)));
        pair.Client.Write(new byte[100_000]);
        pair.Client.Do(c => c.Close(pair.Network.Now));
        Assert.True(pair.Run(() => pair.Server is { IsEndOfStream: true }, TimeSpan.FromMinutes(5)));
    }

    private static JsonElement[] Records(byte[] file)
    {
        string[] records = Encoding.UTF8.GetString(file).Split('\x1E');
        Assert.Empty(records[0]);
        Assert.All(records[1..], r => Assert.EndsWith("}\n", r, StringComparison.Ordinal));
        return [.. records[1..].Select(r => JsonDocument.Parse(r).RootElement)];
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private sealed class Both(IConnectionObserver first, IConnectionObserver second) : IConnectionObserver
    {
        public void OnEvent(in ConnectionEvent happened)
        {
            first.OnEvent(happened);
            second.OnEvent(happened);
        }
    }

    private sealed class FullDisk(int room) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Check(buffer.Length);
            base.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Check(count);
            base.Write(buffer, offset, count);
        }

        private void Check(int length)
        {
            if (Length + length > room)
            {
                throw new IOException("No space left on device");
            }
        }
    }
}
