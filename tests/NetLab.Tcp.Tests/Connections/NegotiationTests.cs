using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>What the options of SYN and SYN_ACK settle: MSS, window scale, SACK, timestamps (RFC 9293, 3.7.1; RFC 7323; RFC 2018).</summary>
public sealed class NegotiationTests
{
    private static readonly SegmentOptions AllOffers = new()
    {
        MaxSegmentSize = 1000,
        WindowScale = 3,
        SackPermitted = true,
        Timestamps = new SegmentTimestamps(5, 0),
    };

    [Theory]
    [Conformance(16, 37, 38)]
    [InlineData(true, true, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    public void Only_what_both_offer_is_used(bool sack, bool timestamps, bool scaling)
    {
        var options = new ConnectionOptions { Sack = sack, Timestamps = timestamps, WindowScaling = scaling };
        var script = ConnectionScript.Listening(options);
        script.Inject(Say.Syn(AllOffers));
        SegmentOptions answer = script.Expect("a SYN_ACK", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack)).Options;
        Assert.Equal(sack, answer.SackPermitted);
        Assert.Equal(timestamps, answer.Timestamps is not null);
        Assert.Equal(scaling, answer.WindowScale is not null);

        var silent = ConnectionScript.Listening();
        silent.Inject(Say.Syn());
        SegmentOptions none = silent.Expect("a SYN_ACK", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack)).Options;
        Assert.False(none.SackPermitted);
        Assert.Null(none.Timestamps);
        Assert.Null(none.WindowScale);
    }

    [Theory]
    [Conformance(36)]
    [InlineData(0, 536)]
    [InlineData(1, 48)]
    [InlineData(48, 48)]
    [InlineData(60, 60)]
    [InlineData(500, 500)]
    [InlineData(9000, 1400)]
    public void The_mss_of_the_peer_is_kept_within_reason(int offered, int expected)
    {
        var script = ConnectionScript.Established(syn: new SegmentOptions { MaxSegmentSize = offered });
        script.Write(new byte[5000]);
        IReadOnlyList<ScriptedSegment> sent = script.TakeAll();
        Assert.NotEmpty(sent);
        Assert.Equal(expected, sent[0].Payload.Length);
    }

    [Theory]
    [Conformance(37)]
    [InlineData(1024, 0)]
    [InlineData(65_535, 0)]
    [InlineData(65_536, 1)]
    [InlineData(1 << 20, 5)]
    [InlineData(1 << 30, 14)]
    public void The_window_scale_comes_from_the_buffer_and_never_applies_to_a_syn(int buffer, int scale)
    {
        var script = ConnectionScript.Listening(new ConnectionOptions { ReceiveBufferSize = buffer });
        script.Inject(Say.Syn(new SegmentOptions { WindowScale = 2 }));
        ScriptedSegment answer = script.Expect("the SYN_ACK", s => s.Has(SegmentFlags.Syn));
        Assert.Equal(scale, answer.Options.WindowScale);
        Assert.Equal(Math.Min(buffer, 65_535), answer.Window);
        script.Inject(Say.Data(1, 1, Say.Bytes(1)));
        ScriptedSegment acknowledgment = script.Expect("an ACK", s => s.Flags == SegmentFlags.Ack);
        Assert.InRange((long)acknowledgment.Window << scale, Math.Min(buffer, 65_535L << scale) - 1500 - (1 << scale), buffer);
    }
}
