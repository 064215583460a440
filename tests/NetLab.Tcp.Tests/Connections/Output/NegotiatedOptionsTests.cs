using CsCheck;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Tests.Connections.Output;

/// <summary>What is in use is what both ends offer, and a SYN_ACK answers nothing that was not offered.</summary>
public sealed class NegotiatedOptionsTests
{
    [Fact]
    public void An_option_is_in_use_only_if_both_offer_it() =>
        Gen.Select(Gen.Bool.Array[3], Gen.Bool.Array[3]).Sample((own, peer) =>
        {
            var negotiated = new NegotiatedOptions(new ConnectionOptions { Timestamps = own[0], WindowScaling = own[1], Sack = own[2] });
            var offered = new SegmentOptions
            {
                Timestamps = peer[0] ? new SegmentTimestamps(1, 0) : null,
                WindowScale = peer[1] ? 3 : null,
                SackPermitted = peer[2],
            };
            (bool scales, bool sack) = negotiated.Accept(offered);
            Assert.Equal((own[0] && peer[0], own[1] && peer[1], own[2] && peer[2]), (negotiated.Timestamps, scales, sack));
            SegmentOptions answer = negotiated.OfSyn(isAnswer: true, sack, negotiated.Timestamps ? new SegmentTimestamps(2, 1) : null);
            Assert.Equal((scales, sack, negotiated.Timestamps), (answer.WindowScale is not null, answer.SackPermitted, answer.Timestamps is not null));
        });

    [Fact]
    public void An_active_opener_offers_everything_it_can()
    {
        var negotiated = new NegotiatedOptions(new ConnectionOptions());
        negotiated.Offer();
        SegmentOptions syn = negotiated.OfSyn(isAnswer: false, sack: false, new SegmentTimestamps(1, 0));
        Assert.True(negotiated.Timestamps && syn.SackPermitted && syn.WindowScale is not null && syn.MaxSegmentSize is not null);
    }

    /// <summary>A peer that may not be there gets no more bytes than came.</summary>
    [Fact]
    public void An_answer_is_no_larger_than_what_it_answers()
    {
        var negotiated = new NegotiatedOptions(new ConnectionOptions()) { AnswerLimit = SegmentHeader.MinSize };
        negotiated.Accept(default);
        Assert.Equal(SegmentHeader.MinSize, SegmentWriter.SizeOf(negotiated.OfSyn(isAnswer: true, sack: false, null)));
    }
}
