using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Tests;

/// <summary><c>nlab perf</c>: what is measured is told right; how fast it is, is no test's business.</summary>
public sealed class PerfTests
{
    [Fact]
    public async Task Transports_side_by_side_make_one_document_with_medians_and_ratios()
    {
        Nlab.Ended ended = await Nlab.Run("perf", "--time", "300ms", "--warm-up", "100ms", "--rounds", "2", "--json");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using JsonDocument document = JsonDocument.Parse(ended.Output);
        JsonElement root = document.RootElement;
        Assert.Equal("netlab.perf/1", root.GetProperty("schema").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("link").ValueKind);
        Assert.Equal(1400, root.GetProperty("segment_size").GetInt32());

        // A B C D, A B C D: in turns.
        string[] order = ["tcp", "udp", "kernel-tcp", "kernel-udp"];
        JsonElement[] runs = [.. root.GetProperty("runs").EnumerateArray()];
        Assert.Equal([.. order, .. order], runs.Select(r => r.GetProperty("transport").GetString()));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], runs.Select(r => r.GetProperty("round").GetInt32()));
        foreach (JsonElement run in runs)
        {
            JsonElement end = run.GetProperty("end");
            Assert.True(end.GetProperty("intact").GetBoolean());
            JsonElement received = end.GetProperty("sum_received");
            Assert.True(received.GetProperty("bytes").GetInt64() > 0);
            Assert.Equal(8 * received.GetProperty("bytes").GetInt64() / received.GetProperty("seconds").GetDouble(), received.GetProperty("bits_per_second").GetDouble(), 1.0);
            Assert.True(end.GetProperty("sum_sent").GetProperty("bytes").GetInt64() > 0);
            Assert.True(end.GetProperty("cpu_utilization_percent").GetProperty("host_total").GetDouble() > 0);
            Assert.True(run.GetProperty("start").GetProperty("timestamp").GetProperty("timesecs").GetInt64() > 1_700_000_000);
            Assert.NotEmpty(run.GetProperty("intervals").EnumerateArray());
            Assert.Equal(received.GetProperty("bytes").GetInt64(), run.GetProperty("intervals").EnumerateArray().Sum(i => i.GetProperty("sum").GetProperty("bytes").GetInt64()));
            bool stream = run.GetProperty("transport").GetString()!.EndsWith("tcp", StringComparison.Ordinal);
            Assert.Equal(stream, end.GetProperty("sender_tcp_congestion").ValueKind == JsonValueKind.String);
        }

        double[] rates = [.. runs.Where(r => r.GetProperty("transport").GetString() == "udp").Select(r => r.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble())];
        Assert.Equal(rates.Average(), root.GetProperty("medians").GetProperty("udp").GetDouble(), 1.0);
        Assert.True(root.GetProperty("ratios").TryGetProperty("tcp/kernel-tcp", out _));
        Assert.True(root.GetProperty("ratios").TryGetProperty("udp/kernel-udp", out _));
    }

    [Fact]
    public async Task Fingers_of_iperf3_get_its_document()
    {
        Nlab.Ended ended = await Nlab.Run("perf", "--transport", "tcp", "-t", "0.3", "-i", "0.1", "-P", "2", "-O", "100ms", "-R", "--json-iperf3");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using JsonDocument document = JsonDocument.Parse(ended.Output);
        JsonElement root = document.RootElement;
        JsonElement asked = root.GetProperty("start").GetProperty("test_start");
        Assert.Equal("TCP", asked.GetProperty("protocol").GetString());
        Assert.Equal(2, asked.GetProperty("num_streams").GetInt32());
        Assert.Equal(0.3, asked.GetProperty("duration").GetDouble(), 1e-9);
        Assert.Equal(0.1, asked.GetProperty("omit").GetDouble(), 1e-9);
        Assert.Equal(1, asked.GetProperty("reverse").GetInt32());
        Assert.True(root.GetProperty("intervals").GetArrayLength() >= 2);
        Assert.True(root.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() > 0);
        Assert.Equal(2, root.GetProperty("end").GetProperty("streams").GetArrayLength());
        Assert.False(root.TryGetProperty("runs", out _));
    }

    [Fact]
    public async Task No_more_is_received_than_was_sent()
    {
        // What was written before the measured part, and waits for a slow link, arrives in it, and is sent in it, too.
        Nlab.Ended perf = await Nlab.Run("perf", "--transport", "tcp", "--link", "delay=5ms,rate=5M", "--warm-up", "500ms", "--time", "1s", "--json");
        using JsonDocument document = JsonDocument.Parse(perf.Output);
        JsonElement end = document.RootElement.GetProperty("runs")[0].GetProperty("end");
        long received = end.GetProperty("sum_received").GetProperty("bytes").GetInt64();
        Assert.InRange(received, 1, end.GetProperty("sum_sent").GetProperty("bytes").GetInt64());
    }

    [UnixFact]
    public async Task A_measurement_that_is_interrupted_ends_with_130()
    {
        using Nlab measured = Nlab.Start(null, "perf", ["--transport", "kernel-tcp", "--time", "60s"]);
        using Nlab server = Nlab.Start(null, "perf", ["server", $"kernel-udp://127.0.0.1:{Ports.Free()}"]);
        await server.Listening();
        measured.Interrupt();
        Assert.Equal(130, (await measured.End()).ExitCode);
        server.Interrupt();
        Assert.Equal(0, (await server.End()).ExitCode);
    }

    [Fact]
    public async Task Round_trips_and_connections_are_measured_by_the_same_transports()
    {
        Nlab.Ended latency = await Nlab.Run("perf", "--latency", "--time", "1s", "--warm-up", "100ms", "--streams", "2", "--json");
        Assert.True(latency.ExitCode == 0, latency.Errors);
        using JsonDocument trips = JsonDocument.Parse(latency.Output);
        JsonElement[] runs = [.. trips.RootElement.GetProperty("runs").EnumerateArray()];
        Assert.Equal(["tcp", "udp", "kernel-tcp", "kernel-udp"], runs.Select(r => r.GetProperty("transport").GetString()));
        foreach (JsonElement run in runs)
        {
            JsonElement end = run.GetProperty("end");
            double[] percentiles = [.. ((string[])["p50", "p90", "p99", "p99_9"]).Select(p => end.GetProperty(p).GetDouble())];
            Assert.Equal(percentiles.Order(), percentiles);
            Assert.True(percentiles[0] > 0);
            Assert.True(end.GetProperty("intact").GetBoolean());
            Assert.True(end.GetProperty("sum_received").GetProperty("bytes").GetInt64() >= 100);
            Assert.False(end.TryGetProperty("per_second", out _));
            Assert.Equal(percentiles[0], trips.RootElement.GetProperty("medians").GetProperty(run.GetProperty("transport").GetString()!).GetDouble());
        }

        Nlab.Ended connections = await Nlab.Run("perf", "--connections", "--time", "1s", "--warm-up", "100ms", "--streams", "2", "--json");
        Assert.True(connections.ExitCode == 0, connections.Errors);
        using JsonDocument opened = JsonDocument.Parse(connections.Output);
        runs = [.. opened.RootElement.GetProperty("runs").EnumerateArray()];
        Assert.Equal(["tcp", "kernel-tcp"], runs.Select(r => r.GetProperty("transport").GetString()));
        Assert.All(runs, r => Assert.True(r.GetProperty("end").GetProperty("per_second").GetDouble() > 0));
        Assert.All(runs, r => Assert.True(r.GetProperty("end").GetProperty("intact").GetBoolean()));
        Assert.True(opened.RootElement.GetProperty("ratios").TryGetProperty("tcp/kernel-tcp", out _));
    }

    [UnixFact]
    public async Task By_hand_and_through_a_link_both_ends_count_the_same()
    {
        const int Datagrams = 8_000;
        using Nlab server = Nlab.Start(null, "perf", "server", "udp://127.0.0.1:0", "--once");
        string target = await server.Listening();
        using Nlab link = Nlab.Start(null, "link", "udp://127.0.0.1:0", target, "--link", "loss=2%,duplicate=1%,reorder=3%,corrupt=0.5%,seed=9", "--json");
        string url = (await link.Listening()).Split(' ')[0];
        Nlab.Ended client = await Nlab.Run("perf", url, "--bytes", $"{Datagrams * 1400}", "--rate", "50M", "--json");
        Assert.True(client.ExitCode == 0, client.Errors);
        Nlab.Ended served = await server.End();
        Assert.Equal(0, served.ExitCode);
        link.Interrupt();
        Nlab.Ended linked = await link.End();
        Assert.Equal(0, linked.ExitCode);

        using JsonDocument perf = JsonDocument.Parse(client.Output);
        JsonElement got = perf.RootElement.GetProperty("runs")[0].GetProperty("end").GetProperty("sum_received");
        using JsonDocument relay = JsonDocument.Parse(linked.Output);
        JsonElement up = relay.RootElement.GetProperty("up");
        Assert.Equal(9, relay.RootElement.GetProperty("seed").GetInt32());
        Assert.Equal(Datagrams, up.GetProperty("entered").GetInt64());
        Assert.Equal(0, relay.RootElement.GetProperty("send_failures").GetInt64());

        // A damaged datagram is lost to the receiver, and both its copies if it was doubled: the link counts it as delivered.
        long corrupted = up.GetProperty("corrupted").GetInt64();
        Assert.Equal(up.GetProperty("lost").GetInt64() + corrupted, got.GetProperty("lost_packets").GetInt64());
        Assert.Equal(0, got.GetProperty("lost_in_socket_buffer").GetInt64());
        Assert.InRange(up.GetProperty("duplicated").GetInt64() - got.GetProperty("duplicates").GetInt64(), 0, corrupted);
        Assert.InRange(up.GetProperty("reordered").GetInt64() - got.GetProperty("out_of_order").GetInt64(), -corrupted, corrupted);
        Assert.InRange(got.GetProperty("damaged").GetInt64(), corrupted, 2 * corrupted);
        AssertShare(up.GetProperty("lost").GetInt64(), 0.02, Datagrams);
        AssertShare(up.GetProperty("duplicated").GetInt64(), 0.01, Datagrams - up.GetProperty("lost").GetInt64());
        AssertShare(up.GetProperty("held_back").GetInt64(), 0.03, Datagrams - up.GetProperty("lost").GetInt64());
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("kernel-udp")]
    public async Task Through_a_link_of_its_own_every_lost_datagram_has_one_place(string transport)
    {
        Nlab.Ended ended = await Nlab.Run("perf", "--transport", transport, "--bytes", "5M", "--rate", "30M", "--link", "loss=3%,duplicate=1%,seed=4", "--streams", "3", "--json");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using JsonDocument document = JsonDocument.Parse(ended.Output);
        JsonElement end = document.RootElement.GetProperty("runs")[0].GetProperty("end");
        JsonElement got = end.GetProperty("sum_received");
        JsonElement up = end.GetProperty("link").GetProperty("up");
        Assert.Equal(end.GetProperty("sum_sent").GetProperty("packets").GetInt64(), up.GetProperty("entered").GetInt64());
        Assert.Equal(up.GetProperty("lost").GetInt64(), got.GetProperty("lost_on_link").GetInt64());
        Assert.Equal(up.GetProperty("duplicated").GetInt64(), got.GetProperty("duplicates").GetInt64());
        Assert.Equal(0, got.GetProperty("lost_in_socket_buffer").GetInt64());
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    public async Task So_many_bytes_are_so_many_bytes_over_any_number_of_streams(string transport)
    {
        Nlab.Ended ended = await Nlab.Run("perf", "--transport", transport, "--bytes", "3M", "--streams", "3", "--json");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using JsonDocument document = JsonDocument.Parse(ended.Output);
        JsonElement end = document.RootElement.GetProperty("runs")[0].GetProperty("end");
        Assert.Equal(3 << 20, end.GetProperty("sum_received").GetProperty("bytes").GetInt64());
        Assert.Equal(3 << 20, end.GetProperty("sum_sent").GetProperty("bytes").GetInt64());
        Assert.True(end.GetProperty("intact").GetBoolean());
    }

    [Fact]
    public Task A_plot_is_a_picture() => PlotsAsync("svg", "<svg");

    [ToolFact("rsvg-convert")]
    public Task A_plot_is_a_picture_in_pixels_where_they_can_be_made() => PlotsAsync("png", "PNG");

    [Theory]
    [InlineData("perf", "--transport", "udp", "--time", "100ms", "--warm-up", "0", "--plot", "x.png")]
    [InlineData("plot", "no-such-run.json", "-o", "x.png")]
    public async Task What_makes_pixels_is_missed_before_anything_is_measured_or_read(params string[] arguments)
    {
        Nlab.Ended ended = await Nlab.RunAlone(arguments);
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("", ended.Output);
        string line = Assert.Single(ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("x.png': PNG is made by rsvg-convert (Debian: librsvg2-bin), which is not installed", line, StringComparison.Ordinal);
    }

    private static async Task PlotsAsync(string kind, string mark)
    {
        string file = Path.Combine(Path.GetTempPath(), $"nlab-test-{Guid.NewGuid()}.{kind}");
        try
        {
            Nlab.Ended ended = await Nlab.Run("perf", "--transport", "udp", "--time", "100ms", "--warm-up", "0", "--rate", "100M", "--plot", file);
            Assert.True(ended.ExitCode == 0, ended.Errors);
            Assert.Contains(mark, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    [InlineData("kernel-udp")]
    public async Task A_sender_that_finds_nobody_fails_with_one_line(string transport)
    {
        Nlab.Ended ended = await Nlab.Run("perf", $"{transport}://127.0.0.1:9");
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal($"nlab: {transport}://127.0.0.1:9: connection refused: nobody listens there", ended.Errors.TrimEnd());
    }

    [UnixFact]
    public async Task Nonsense_from_the_network_neither_ends_a_server_nor_spoils_the_next_measurement()
    {
        using Nlab server = Nlab.Start(null, "perf", "server", "udp://127.0.0.1:0");
        string url = await server.Listening();
        using DatagramSocket stranger = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        DatagramAddress to = DatagramAddress.From(new IPEndPoint(IPAddress.Loopback, int.Parse(url.Split(':')[^1], CultureInfo.InvariantCulture)));
        var random = new Random(3);
        string[] messages =
        [
            "", "null", "{", "[]", "{\"session\":1}", "{\"hello\":{}}", "{\"hello\":{\"streams\":-1,\"segment_size\":9}}", "{\"done\":{}}",
            "{\"session\":7,\"done\":{\"sent\":null,\"from_interval\":-5}}", "{\"session\":7,\"done\":{\"sent\":[9223372036854775807,9223372036854775807]}}",
            "{\"session\":7,\"done\":{\"sent\":[-1]}}", "{\"session\":7,\"bye\":true}", new string('[', 5000),
        ];
        ulong sequence = 0;
        for (int i = 0; i < 500; i++)
        {
            byte[] payload = i % 2 == 0 ? Encoding.UTF8.GetBytes(messages[i / 2 % messages.Length]) : new byte[random.Next(200)];
            byte[] datagram = new byte[ProbeHeader.Size + payload.Length];
            payload.CopyTo(datagram, ProbeHeader.Size);
            new ProbeHeader(uint.MaxValue - 1, sequence++, 0, 0, payload.Length).Write(datagram, ProbeHeader.SumOf(payload));
            stranger.TrySend(datagram, datagram.Length, to, out _);
        }

        // And a measurement that is begun in order, and then is not.
        foreach (string message in (string[])
            [
                "{\"session\":7,\"hello\":{\"streams\":2,\"segment_size\":1400,\"first_flow\":4}}", "{\"session\":7,\"done\":{\"sent\":[0]}}",
                "{\"session\":7,\"done\":{\"sent\":[0,0,0]}}", "{\"session\":7,\"done\":{\"sent\":[5,9],\"from_interval\":-3}}", "{\"session\":7,\"bye\":true}",
            ])
        {
            byte[] payload = Encoding.UTF8.GetBytes(message);
            byte[] datagram = [.. new byte[ProbeHeader.Size], .. payload];
            new ProbeHeader(uint.MaxValue - 1, sequence++, 0, 0, payload.Length).Write(datagram, ProbeHeader.SumOf(payload));
            stranger.TrySend(datagram, datagram.Length, to, out _);
        }

        Nlab.Ended client = await Nlab.Run("perf", url, "--bytes", "1M", "--rate", "30M", "--json");
        Assert.True(client.ExitCode == 0, client.Errors);
        using JsonDocument document = JsonDocument.Parse(client.Output);
        Assert.Equal(0, document.RootElement.GetProperty("runs")[0].GetProperty("end").GetProperty("sum_received").GetProperty("lost_packets").GetInt64());
        server.Interrupt();
        Assert.Equal(0, (await server.End()).ExitCode);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    public async Task A_stream_is_paced_also_at_rates_below_one_write_a_second(string transport)
    {
        Nlab.Ended ended = await Nlab.Run("perf", "--transport", transport, "--time", "1s", "--warm-up", "0", "--rate", "500K", "--json");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using JsonDocument document = JsonDocument.Parse(ended.Output);

        // What is due in the next hundredth of a second may be ahead.
        Assert.InRange(document.RootElement.GetProperty("runs")[0].GetProperty("end").GetProperty("sum_sent").GetProperty("bytes").GetInt64(), 30_000, 500_000 / 8 * 1.1);
    }

    [UnixFact]
    public async Task Ctrl_c_in_the_only_run_shows_what_there_was_of_it()
    {
        using Nlab perf = Nlab.Start(null, "perf", "--transport", "udp", "--time", "60s", "--warm-up", "0", "--rate", "10M", "--link", "loss=1%", "--json");
        await perf.Complained("seed=");
        await perf.Complained("1.0 s: ");
        perf.Interrupt();
        Nlab.Ended ended = await perf.End();
        Assert.Equal(130, ended.ExitCode);
        using JsonDocument document = JsonDocument.Parse(ended.Output);
        Assert.Equal(1, document.RootElement.GetProperty("runs").GetArrayLength());
    }

    [Theory]
    [InlineData("bbr")]
    [InlineData("reno")]
    [InlineData("cubic")]
    public async Task Congestion_control_is_the_one_asked_for(string name)
    {
        Nlab.Ended ended = await Nlab.Run("perf", "--transport", "tcp", "--bytes", "1M", "--congestion", name, "--json");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using JsonDocument document = JsonDocument.Parse(ended.Output);
        Assert.Equal(name, document.RootElement.GetProperty("runs")[0].GetProperty("end").GetProperty("sender_tcp_congestion").GetString());
    }

    [UnixFact]
    public async Task Ctrl_c_still_shows_what_was_complete()
    {
        using Nlab perf = Nlab.Start(null, "perf", "--transport", "udp", "--time", "300ms", "--warm-up", "0", "--rate", "10M", "--rounds", "1000", "--json");
        await perf.Complained("2/1000");
        perf.Interrupt();
        Nlab.Ended ended = await perf.End();
        Assert.Equal(130, ended.ExitCode);
        using JsonDocument document = JsonDocument.Parse(ended.Output);
        Assert.InRange(document.RootElement.GetProperty("runs").GetArrayLength(), 2, 999);
    }

    private static void AssertShare(long hits, double share, long of)
    {
        double deviation = Math.Sqrt(of * share * (1 - share));
        Assert.InRange(hits, (of * share) - (4 * deviation), (of * share) + (4 * deviation));
    }
}
