using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Simulation.Drill;
using NetLab.Tcp.Simulation.Drill.Recording;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Simulation.Drill;

/// <summary>A conversation in virtual time is recorded at one end, and the script made of it holds, strictly.</summary>
public sealed class RecordingTests
{
    [Theory]
    [InlineData("delay=20ms", 3_000)]
    [InlineData("delay=20ms", 40_000)]
    [InlineData("delay=20ms,drop=DATA#3", 20_000)]
    [InlineData("delay=5ms,drop=SYN#1", 1_000)]
    public void What_our_own_machine_did_it_does_again(string link, int bytes)
    {
        List<RecordedSegment> recorded = Record(link, bytes);

        (string script, DrillResult result) = DrillRecording.ToScript(recorded);

        Assert.True(result.Outcome == DrillOutcome.Passes, $"line {result.Line}: {result.Message}{Environment.NewLine}{script}");
        Assert.DoesNotContain("--lenient", script, StringComparison.Ordinal);
        Assert.Contains($"write(3, ..., {bytes})", script, StringComparison.Ordinal);
        Assert.Equal(DrillOutcome.Passes, DrillScript.Run(script).Outcome);
    }

    [Fact]
    public void A_recording_without_its_beginning_is_refused()
    {
        List<RecordedSegment> recorded = Record("delay=5ms", 1_000);

        Assert.Throws<ArgumentException>(() => DrillRecording.ToScript(recorded[2..]));
    }

    [Fact]
    public void A_header_that_is_cut_is_refused()
    {
        RecordedSegment first = Record("delay=5ms", 1_000)[0];

        Assert.Throws<ArgumentException>(() => DrillRecording.ToScript([first with { Header = first.Header[..30] }]));
    }

    private static List<RecordedSegment> Record(string link, int bytes)
    {
        Assert.True(LinkDescription.TryParse(link, out LinkDescription? description, out string? error), error);
        List<RecordedSegment> recorded = [];
        var options = new ConnectionOptions { Pacing = false };
        var pair = new SimulatedPair(description!, seed: 7, options, options)
        {
            ClientTap = (Instant at, ReadOnlySpan<byte> datagram, DatagramAddress _, bool sent) =>
            {
                int header = (datagram[12] >> 4) * 4;
                recorded.Add(new RecordedSegment(at.SinceOrigin, sent, datagram[..header].ToArray(), datagram.Length - header, EcnCodepoint.NotEct));
            },
        };
        pair.Run(() => pair.Client.IsEstablished, TimeSpan.FromSeconds(10));
        pair.Client.Write(new byte[bytes]);
        Assert.True(pair.Run(() => pair.Client.Acknowledged == bytes, TimeSpan.FromSeconds(60)));
        return recorded;
    }
}
