using NetLab.Host.Captures;
using NetLab.Host.Experiments.Hunts;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Flows.Traces;
using NetLab.Host.Plots;
using NetLab.Osi.Decoding;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Options;
using NetLab.Udp.Time;

namespace NetLab.Host.Tests;

/// <summary>The pictures of a connection, of a qlog file and of a capture: what is read there is what the machine did.</summary>
public sealed class FlowPlotTests : IDisposable
{
    private const int Bytes = 300_000;
    private const string Link = "delay=20ms,rate=20M,queue=64K,up.drop=DATA#30,down.drop=SYN_ACK#1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_qlog_file_says_what_the_event_log_says()
    {
        TracedConnection read = QlogReader.Read(Qlog(), 0, CancellationToken.None);
        FlowTrace own = FlowTrace.Of(Run(null));
        Assert.True(read.HasCongestionWindow);
        Assert.Equal(own.Sent.Select(Facts), read.Trace.Sent.Select(Facts));
        Assert.Equal(own.Received.Select(r => Facts(r with { IsRetransmission = false })), read.Trace.Received.Select(r => Facts(r with { IsRetransmission = false })));
        Assert.Equal(own.Samples.Select(s => (s.Metrics.CongestionWindow, s.Metrics.InFlight, s.Metrics.SlowStartThreshold)), read.Trace.Samples.Select(s => (s.Metrics.CongestionWindow, s.Metrics.InFlight, s.Metrics.SlowStartThreshold)));

        // The one that the link dropped is taken for lost, and the SYN_ACK is known to be lost as both ends are in the file.
        Assert.Contains(own.Lost.Single().Start, read.Trace.Lost.Select(l => l.Start));
        LadderStep answer = read.Steps.First(s => s.Label.StartsWith("SYN_ACK", StringComparison.Ordinal));
        Assert.True(answer is { IsLost: true, FromClient: false, ArrivedAt: null });
        LadderStep syn = read.Steps[0];
        Assert.InRange((syn.ArrivedAt!.Value - syn.SentAt).TotalMilliseconds, 20, 20.1);
    }

    [Theory]
    [InlineData("Sequence", "sent again (R)", "taken for lost", "acknowledged", "window", "SACK", "SYN", "FIN", "PSH", "duplicate ACK")]
    [InlineData("Cwnd", "congestion window", "ssthresh", "in flight", "what binds")]
    [InlineData("Rtt", "measured", "smoothed (SRTT)")]
    [InlineData("Throughput", "throughput (Mbit/s)")]
    [InlineData("Ladder", "SYN seq=0", ">lost<", "sent or arrived at (ms)")]
    public void Its_pictures_have_their_marks_and_are_the_same_each_time(string kind, params string[] marks)
    {
        string path = Qlog();
        string svg = Draw(path, kind);
        Assert.All(marks, mark => Assert.Contains(mark, svg, StringComparison.Ordinal));
        Assert.Equal(svg, Draw(path, kind));
    }

    [Fact]
    public void A_capture_says_what_passed_where_it_was_made()
    {
        (int exit, TracedConnection read) = new CaptureTraceReader(0).Read(Capture("loss"), CancellationToken.None);
        Assert.Equal(0, exit);
        Assert.False(read.HasCongestionWindow);

        // Most of the data come from the server: 300,000 bytes of the download, and the small answers. Seen at the client, nothing of it is seen twice.
        Assert.Equal(300_000 + (6 * 200), read.Trace.Sent.Max(s => s.End) - 2);
        Assert.Contains("duplicate ACK", Draw(read, "Sequence"), StringComparison.Ordinal);
        Assert.Contains("a capture holds no congestion window", Draw(read, "Cwnd"), StringComparison.Ordinal);
        Assert.Contains("SYN_ACK", Draw(read, "Ladder"), StringComparison.Ordinal);

        // At the sender's side the round trip is the path's: 40 ms.
        (_, TracedConnection sound) = new CaptureTraceReader(0).Read(Capture("one-way"), CancellationToken.None);
        var builder = new TraceBuilder();
        foreach ((SegmentRecord s, bool isSent) in sound.Trace.Received.Select(r => (r, true)).Concat(sound.Trace.Sent.Select(r => (r, false))).OrderBy(r => r.r.At.Ticks))
        {
            builder.Add(s.At.SinceOrigin, isSent, s.Header, s.PayloadLength);
        }

        TimeSpan least = builder.SamplesOf(true).Where(s => s.Metrics.LatestRoundTrip is not null).Min(s => s.Metrics.LatestRoundTrip!.Value);
        Assert.InRange(least.TotalMilliseconds, 40, 42);
    }

    [Fact]
    public async Task The_verb_draws_them_and_names_what_is_wrong()
    {
        string qlog = Qlog();
        string capture = Capture("reorder").Path;
        string picture = Path.Combine(_folder.FullName, "out.svg");
        foreach ((string file, string kind) in new[] { (qlog, "ladder"), (capture, "sequence"), (capture, "rtt") })
        {
            Nlab.Ended drawn = await Nlab.Run("plot", file, "--kind", kind, "-o", picture);
            Assert.True(drawn.ExitCode == 0, drawn.Errors);
            Assert.StartsWith("<svg", await File.ReadAllTextAsync(picture), StringComparison.Ordinal);
        }

        string damaged = Path.Combine(_folder.FullName, "damaged.qlog");
        await File.WriteAllTextAsync(damaged, (await File.ReadAllTextAsync(qlog)).Replace("\"time\":0", "\"tim\":0", StringComparison.Ordinal));
        foreach ((string[] words, string said) in new (string[], string)[]
        {
            ([qlog, "--stream", "7"], "--stream 7: "),
            ([capture, "--stream", "7"], "has no TCP stream of that number"),
            ([qlog, capture], "a picture of a connection is of one file, and there are 2"),
            ([qlog, "--kind", "box"], "--kind 'box': sequence, cwnd, rtt, throughput, ladder"),
            ([qlog, "--stream", "-1"], "--stream -1: a connection's number is 0 or more"),
            ([damaged], "line 2: is no event of qlog (name, data, group_id or time is missing)"),
        })
        {
            Nlab.Ended ended = await Nlab.Run(["plot", .. words, "-o", picture]);
            Assert.Equal(2, ended.ExitCode);
            Assert.Contains(said, ended.Errors, StringComparison.Ordinal);
            Assert.Single(ended.Errors.Trim().Split('\n'));
        }
    }

    [Fact]
    public void A_file_that_ends_in_the_middle_of_a_line_is_read_up_to_there()
    {
        string whole = File.ReadAllText(Qlog());
        string path = Path.Combine(_folder.FullName, "cut.qlog");
        File.WriteAllText(path, whole[..(whole.Length / 2)]);
        Assert.NotEmpty(QlogReader.Read(path, 0, CancellationToken.None).Trace.Sent);
    }

    // The event log gives a segment without sequence numbers of its own no place in the stream.
    private static (long, long, long, long, bool, int) Facts(SegmentRecord s) =>
        (s.End > s.Start ? s.Start : 0, s.End > s.Start ? s.End : 0, s.Acknowledged, s.Window, s.IsRetransmission, s.Sack.Count);

    private static string Draw(string path, string kind) => Draw(QlogReader.Read(path, 0, CancellationToken.None), kind);

    private static string Draw(TracedConnection connection, string kind) => FlowPlot.Draw(connection, Enum.Parse<FlowPlotKind>(kind), "file", ChartTheme.Light).ToSvg();

    private static LabFlow Run(QlogFile? file)
    {
        var network = new LabNetwork(3, null, CancellationToken.None);
        (LabHost client, LabHost server) = (network.Host("client"), network.Host("server"));
        network.Connect(client, server, Link);
        LabFlow flow = network.Tcp(client, server, file is null ? null : new ConnectionOptions { Observe = file.Observe }, keepsLog: file is null);
        flow.Send(Bytes);
        flow.ShutdownSend();
        network.RunUntil(TimeSpan.FromSeconds(4));
        return flow;
    }

    private string Qlog()
    {
        string path = Path.Combine(_folder.FullName, "run.qlog");
        using var file = new QlogFile(File.Create(path), "a test", Instant.FromOrigin(TimeSpan.Zero), DateTimeOffset.UnixEpoch);
        Run(file);
        return path;
    }

    private CaptureInput Capture(string kind)
    {
        string path = Path.Combine(_folder.FullName, kind + ".pcapng");
        using (FileStream file = File.Create(path))
        {
            FaultHunt.Record(HiddenFault.All.First(f => f.Name == kind), 5, file, CancellationToken.None);
        }

        return new CaptureInput(path, BuiltInProtocols.Registry, null, null);
    }
}
