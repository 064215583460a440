using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Datagrams;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Tests;

/// <summary><c>nlab perf server URL</c> and what measures with it: several clients at once, both ways, under load.</summary>
public sealed class PerfServerTests
{
    [UnixFact]
    public async Task A_standing_server_serves_one_after_another_and_ends_with_ctrl_c_as_it_should()
    {
        string url = $"tcp://127.0.0.1:{Ports.Free()}";
        using Nlab server = Nlab.Start(null, "perf", ["server", url]);
        await server.Listening();
        for (int i = 0; i < 2; i++)
        {
            Nlab.Ended client = await Nlab.Run("perf", url, "--time", "200ms", "--warm-up", "0ms");
            Assert.True(client.ExitCode == 0, client.Errors);
        }

        server.Interrupt();
        Assert.Equal(0, (await server.End()).ExitCode);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    [InlineData("udp")]
    [InlineData("kernel-udp")]
    public async Task Several_clients_at_once_get_a_result_each_of_a_standing_server(string transport)
    {
        string url = $"{transport}://127.0.0.1:{Ports.Free()}";
        using Nlab server = Nlab.Start(null, "perf", ["server", url]);
        await server.Listening();

        // As long as they last, each begins before another has ended; each has bytes of its own number.
        int[] megabytes = [2, 3, 4];
        bool isStream = transport.EndsWith("tcp", StringComparison.Ordinal);
        string[] poll = isStream ? ["--poll", "off"] : [];
        Nlab.Ended[] clients = await Task.WhenAll(megabytes.Select(m => Nlab.Run(["perf", url, "--bytes", $"{m}M", "--segment-size", "1024", "--rate", "8M", "--json", .. poll])));
        for (int i = 0; i < clients.Length; i++)
        {
            Assert.True(clients[i].ExitCode == 0, clients[i].Errors);
            using JsonDocument document = JsonDocument.Parse(clients[i].Output);
            JsonElement received = document.RootElement.GetProperty("runs")[0].GetProperty("end").GetProperty("sum_received");
            Assert.Equal(megabytes[i] << 20, received.GetProperty("bytes").GetInt64() + (1024 * received.GetProperty("lost_packets").GetInt64()));
            Assert.True(received.GetProperty("bytes").GetInt64() > (megabytes[i] << 20) * 0.9, clients[i].Output);
        }
    }

    [Theory]
    [InlineData("tcp", "--latency")]
    [InlineData("kernel-tcp", "--latency")]
    [InlineData("udp", "--latency")]
    [InlineData("kernel-udp", "--latency")]
    [InlineData("tcp", "--connections")]
    [InlineData("kernel-tcp", "--connections")]
    public async Task Round_trips_and_connections_of_several_clients_are_measured_beside_each_other_and_beside_a_load(string transport, string mode)
    {
        string url = $"{transport}://127.0.0.1:{Ports.Free()}";
        using Nlab server = Nlab.Start(null, "perf", ["server", url]);
        await server.Listening();
        string[] poll = transport.EndsWith("tcp", StringComparison.Ordinal) ? ["--poll", "off"] : [];

        // The load lasts until all have come and gone: it ends by the end of the test's own words.
        using Nlab load = Nlab.Start(null, "perf", [url, "--rate", "8M", "--time", "60s", .. poll]);
        Nlab.Ended[] clients = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Nlab.Run(["perf", url, mode, "--time", "1s", "--warm-up", "0", "--json", .. poll])));
        foreach (Nlab.Ended client in clients)
        {
            Assert.True(client.ExitCode == 0, client.Errors);
            using JsonDocument document = JsonDocument.Parse(client.Output);
            Assert.True(document.RootElement.GetProperty("runs")[0].GetProperty("end").GetProperty(mode == "--latency" ? "p50" : "per_second").GetDouble() > 0, client.Output);
        }

        load.Interrupt();
        Nlab.Ended loaded = await load.End();
        Assert.Equal(130, loaded.ExitCode);
        Assert.Contains("bit/s", loaded.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp", "--reverse")]
    [InlineData("kernel-tcp", "--reverse")]
    [InlineData("udp", "--reverse")]
    [InlineData("kernel-udp", "--reverse")]
    [InlineData("tcp", "--bidirectional")]
    [InlineData("kernel-tcp", "--bidirectional")]
    [InlineData("udp", "--bidirectional")]
    [InlineData("kernel-udp", "--bidirectional")]
    public async Task A_server_sends_where_it_is_asked_to_and_both_ends_count_the_same(string transport, string way)
    {
        using Nlab server = Nlab.Start(null, "perf", "server", $"{transport}://127.0.0.1:0", "--once");
        string url = await server.Listening();
        Nlab.Ended client = await Nlab.Run("perf", url, way, "--bytes", "1M", "--segment-size", "1024", "--streams", "2", "--rate", "40M", "--interval", "50ms", "--json");
        Assert.True(client.ExitCode == 0, client.Errors);
        using JsonDocument document = JsonDocument.Parse(client.Output);
        JsonElement[] runs = [.. document.RootElement.GetProperty("runs").EnumerateArray()];
        Assert.Equal(way == "--reverse" ? ["reverse"] : (string?[])[null, "reverse"], runs.Select(run => run.GetProperty("direction").GetString()));
        foreach (JsonElement end in runs.Select(run => run.GetProperty("end")))
        {
            JsonElement received = end.GetProperty("sum_received");
            Assert.Equal(1 << 20, end.GetProperty("sum_sent").GetProperty("bytes").GetInt64());
            Assert.Equal(1 << 20, received.GetProperty("bytes").GetInt64() + (1024 * received.GetProperty("lost_packets").GetInt64()));
            Assert.True(end.GetProperty("intact").GetBoolean());
        }

        foreach (JsonElement run in runs)
        {
            JsonElement[] pieces = [.. run.GetProperty("intervals").EnumerateArray().Select(i => i.GetProperty("sum"))];
            Assert.Equal(run.GetProperty("end").GetProperty("sum_received").GetProperty("bytes").GetInt64(), pieces.Sum(p => p.GetProperty("bytes").GetInt64()));
            if (transport.EndsWith("tcp", StringComparison.Ordinal))
            {
                // What only the sender knows has come along, and there are two streams in it.
                Assert.Contains(pieces, p => p.GetProperty("snd_cwnd").GetInt64() > 0);
                Assert.Equal(2, run.GetProperty("end").GetProperty("streams").GetArrayLength());
            }
        }

        // It was to serve one client, and that one has had both its ways. Each is said, with who it was.
        Nlab.Ended served = await server.End();
        Assert.Equal(0, served.ExitCode);
        IEnumerable<Match> said = Regex.Matches(served.Output, @"^#(\d+) 127\.0\.0\.1:\d+ (.+)$", RegexOptions.Multiline);
        Assert.Equal(way == "--reverse" ? ["is sent to, 2 streams"] : (string[])["is sent to, 2 streams", "sends, 2 streams"], said.Select(match => match.Groups[2].Value).Order(StringComparer.Ordinal));
        Assert.Equal(way == "--reverse" ? ["1"] : (string[])["1", "2"], said.Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    [InlineData("udp")]
    [InlineData("kernel-udp")]
    public async Task A_server_for_one_client_waits_for_its_other_way_although_the_first_is_over(string transport)
    {
        using Nlab server = Nlab.Start(null, "perf", "server", $"{transport}://127.0.0.1:0", "--once");
        var address = LabAddress.Parse(await server.Listening());
        var half = new PerfSettings(address.Transport, 1024, 1) { Bytes = 1 << 16, WarmUp = TimeSpan.Zero, Polls = false, IsOneOfTwo = true };
        var client = new PerfClient(address, address.Resolve(allowRemote: false), null, new PeerAnswer(), new Unwatched());
        foreach (PerfDirection way in (PerfDirection[])[PerfDirection.Forward, PerfDirection.Reverse])
        {
            PerfRun run = await client.RunAsync(half with { Direction = way }, CancellationToken.None);
            Assert.Equal(1 << 16, run.End.SumReceived.Bytes);
        }

        Assert.Equal(0, (await server.End()).ExitCode);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task Under_load_to_an_address_a_probe_waits_behind_the_queue_of_the_link_before_it(string transport)
    {
        using Nlab server = Nlab.Start(null, "perf", "server", $"{transport}://127.0.0.1:0", "--once");
        string port = (await server.Listening()).Split(':')[^1];
        using Nlab link = Nlab.Start(null, "link", "udp://127.0.0.1:0", $"udp://127.0.0.1:{port}", "--link", "delay=2ms,rate=10M,queue=64K");
        string entrance = (await link.Listening()).Split(' ')[0].Split(':')[^1];
        Nlab.Ended client = await Nlab.Run("perf", $"{transport}://127.0.0.1:{entrance}", "--under-load", "--rate", transport == "udp" ? "12M" : "0", "--time", "1s", "--omit", "500ms", "--json");
        Assert.True(client.ExitCode == 0, client.Errors);
        using JsonDocument document = JsonDocument.Parse(client.Output);
        JsonElement[] loads = [.. document.RootElement.GetProperty("under_load").EnumerateArray()];
        Assert.Equal(["idle", "up", "down", "both"], loads.Select(l => l.GetProperty("load").GetString()));
        Assert.True(loads[1].GetProperty("up_bits_per_second").GetDouble() > 1e6 && loads[1].GetProperty("down_bits_per_second").GetDouble() == 0);
        Assert.True(loads[2].GetProperty("down_bits_per_second").GetDouble() > 1e6 && loads[2].GetProperty("up_bits_per_second").GetDouble() == 0);

        // 4 ms there and back; behind a queue of 64 KiB it is up to 50 ms more: a law of the link, and no speed of this machine.
        Assert.True(loads[0].GetProperty("round_trip").GetProperty("p50").GetDouble() >= 4_000);
        Assert.All(loads.Skip(1), load => Assert.True(load.GetProperty("increase_us").GetDouble() > 5_000, load.GetRawText()));
        Assert.Equal(0, (await server.End()).ExitCode);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    [InlineData("kernel-udp")]
    [InlineData("kernel-tcp")]
    public async Task Where_something_is_there_that_does_not_answer_a_word_comes_before_the_end(string transport)
    {
        bool isKernelStream = transport == "kernel-tcp";
        using var silent = new Socket(AddressFamily.InterNetwork, isKernelStream ? SocketType.Stream : SocketType.Dgram, isKernelStream ? ProtocolType.Tcp : ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (isKernelStream)
        {
            silent.Listen(8);
        }

        string url = $"{transport}://{silent.LocalEndPoint}";
        using Nlab client = Nlab.Start(null, "perf", url);
        await client.Complained($"{url}: nobody answers yet");
        Nlab.Ended ended = await client.End();
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"nlab: {url}: nobody has answered in 10 s", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_word_that_nobody_answers_comes_within_three_seconds() =>
        Assert.InRange(PeerAnswer.WordAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5));

    [Theory]
    [InlineData("--congestion", "bbr")]
    [InlineData("--ecn")]
    [InlineData("--mtu-search")]
    public async Task What_is_the_senders_is_no_word_for_who_is_sent_to(params string[] words)
    {
        Nlab.Ended ended = await Nlab.Run(["perf", "tcp://127.0.0.1:9", "--reverse", .. words]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains($"{words[0]}: is the sender's", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_sends_nothing_before_its_client_has_shown_that_it_is_there_and_nothing_more_when_it_is_silent()
    {
        var port = new FakePort();
        var hello = new PerfHello(2, 1000, 0) { FirstFlow = 4, Load = new PerfLoad(60_000, 0, 0) };
        DatagramAddress from = DatagramAddress.From(new IPEndPoint(IPAddress.Loopback, 5000));
        var session = new DatagramSenderSession(1, from, hello, hello.Load.Settings(LabTransport.Udp, hello)!, port) { LastHeard = At(0) };
        session.Turn(At(0), _ => { });
        session.Hear(new PerfMessage { Start = session.Token + 1 }, At(1));
        session.Turn(At(1), _ => { });
        Assert.Equal(0, port.Sent);
        session.Hear(new PerfMessage { Start = session.Token }, At(2));
        session.Turn(At(2), _ => { });
        Assert.True(port.Sent > 0);
        long before = port.Sent;
        session.Turn(At(2 + 3_001), _ => { });
        Assert.Equal(before, port.Sent);
        Assert.True(session.IsOver);

        static Instant At(int milliseconds) => Instant.FromOrigin(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData(-1, 0, 0, 0)]
    [InlineData(double.NaN, 0, 0, 0)]
    [InlineData(1e12, 0, 0, 0)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1000, -1, 0, 0)]
    [InlineData(1000, 0, -1, 0)]
    [InlineData(1000, 0, 0, double.PositiveInfinity)]
    [InlineData(1000, 0, 0, -1)]
    public void A_load_that_makes_no_sense_is_none(double time, long bytes, long rate, double warmUp)
    {
        var hello = new PerfHello(1, 1000, warmUp) { Load = new PerfLoad(time, bytes, rate) };
        Assert.Null(hello.Load.Settings(LabTransport.Tcp, hello));
    }

    private sealed class Unwatched : IPerfObserver
    {
        public void OnInterval(int client, PerfInterval interval)
        {
        }

        public void OnReceived(int client, PerfReceived received)
        {
        }
    }

    private sealed class FakePort : IDatagramPort
    {
        public IPEndPoint LocalEndPoint { get; } = new(IPAddress.Loopback, 1);

        public uint? BufferDrops => null;

        public bool DropsAreDatagrams => true;

        public long Sent { get; private set; }

        public void Send(ReadOnlyMemory<byte> datagram, in DatagramAddress to) => Sent++;

        public IProbeFlow Open(uint flow, in DatagramAddress to, int datagramSize, long bitsPerSecond) => new Flow(this);

        public void Receive(DatagramSink sink, TimeSpan patience)
        {
        }

        public void ReceiveNext(DatagramSink sink, TimeSpan patience)
        {
        }

        public void Dispose()
        {
        }

        private sealed class Flow(FakePort port) : IProbeFlow
        {
            public long Sent { get; private set; }

            public TimeSpan Wait => TimeSpan.Zero;

            public bool TrySend(int most)
            {
                Sent += most;
                port.Sent += most;
                return true;
            }

            public void Send(int most) => TrySend(most);
        }
    }
}
