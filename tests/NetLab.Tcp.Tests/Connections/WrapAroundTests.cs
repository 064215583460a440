using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>Both directions begin just below 2^32, and everything crosses it: data, SACK blocks, FINs.</summary>
public sealed class WrapAroundTests
{
    [Fact]
    [Conformance(3)]
    public void The_receiver_survives_the_wrap_with_holes_and_a_fin()
    {
        var script = ConnectionScript.Established(
            syn: new SegmentOptions { SackPermitted = true }, peerInitial: uint.MaxValue - 20);
        script.Inject(Say.Data(31, 1, Say.Bytes(10, 30)));
        ScriptedSegment hole = script.Expect("an ACK with a block", s => s.Options.Sack.Count == 1);
        SackBlock block = hole.Options.Sack[0];
        Assert.Equal(10, block.End.DistanceFrom(block.Start));
        Assert.Equal(10u, block.Start.Value);
        script.Inject(Say.Data(1, 1, Say.Bytes(30)));
        script.Inject(Say.Fin(41, 1));
        Assert.Equal(Say.Bytes(40), script.Stream.Received);
        Assert.True(script.Stream.IsEndOfStream);
        script.TakeAll();
        script.ExpectState(ConnectionState.CloseWait);
    }

    [Fact]
    [Conformance(3)]
    public void The_sender_survives_the_wrap_with_sack_and_a_fin()
    {
        // The seed is one whose ISN is close below 2^32, found by trying: the number is what matters.
        var options = new ConnectionOptions();
        ConnectionScript script = ConnectionScript.Established(
            options, new SegmentOptions { SackPermitted = true, MaxSegmentSize = 1000 }, seed: SeedBelowTheWrap());
        byte[] written = new byte[300_000];
        new Random(3).NextBytes(written);
        script.Write(written);
        script.Do("shut down sending", c => c.ShutdownSend());
        byte[] arrived = new byte[written.Length];
        long acknowledged = 1;
        bool lostOne = false;
        for (int flights = 0; acknowledged < written.Length + 2; flights++)
        {
            Assert.True(flights < 1000, "the transfer does not end");
            script.Advance(TimeSpan.FromMilliseconds(10));
            var missing = default(long?);
            foreach (ScriptedSegment segment in script.TakeAll())
            {
                // The segment that crosses the wrap is lost once; what follows is sacked.
                if (!lostOne && script.OwnNumber(segment.Sequence).Value > script.OwnNumber(segment.Sequence + segment.Payload.Length).Value)
                {
                    lostOne = true;
                    missing = segment.Sequence;
                    continue;
                }

                segment.Payload.CopyTo(arrived.AsMemory((int)segment.Sequence - 1));
                long end = segment.Sequence + segment.Payload.Length + (segment.Has(SegmentFlags.Fin) ? 1 : 0);
                if (missing is { } hole)
                {
                    var blocks = default(SackBlocks);
                    blocks.Add(new SackBlock(script.OwnNumber(hole + 1000), script.OwnNumber(end)));
                    script.Inject(Say.Ack(1, hole) with { Options = new SegmentOptions { Sack = blocks } });
                    acknowledged = hole;
                }
                else
                {
                    acknowledged = Math.Max(acknowledged, end);
                }
            }

            if (missing is null)
            {
                script.Inject(Say.Ack(1, acknowledged));
            }
        }

        Assert.True(lostOne);
        Assert.Equal(written, arrived);
        script.ExpectState(ConnectionState.FinWait2);
    }

    private static ulong SeedBelowTheWrap()
    {
        for (ulong seed = 1; ; seed++)
        {
            ConnectionScript script = ConnectionScript.Listening(seed: seed);
            script.Inject(Say.Syn());
            script.TakeAll();
            if (script.OwnNumber(0).Value > uint.MaxValue - 200_000)
            {
                return seed;
            }
        }
    }
}
