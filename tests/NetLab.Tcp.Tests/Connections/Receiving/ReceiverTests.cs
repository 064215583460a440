using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections.Receiving;

/// <summary>The receiving side: window, acknowledgments, SACK and DSACK.</summary>
public sealed class ReceiverTests
{
    private static readonly SegmentOptions Sack = new() { SackPermitted = true };
    private static readonly ConnectionOptions Slow = new() { QuickAcknowledgments = 0, MaxSegmentSize = 100 };

    [Fact]
    [Conformance(67)]
    public void A_window_full_of_early_segments_is_delivered_when_the_hole_is_filled()
    {
        var options = new ConnectionOptions { ReceiveBufferSize = 10_000 };
        ConnectionScript script = ConnectionScript.Established(options);
        byte[] all = Say.Bytes(10_000);
        for (int at = 9_900; at >= 100; at -= 100)
        {
            script.Inject(Say.Data(1 + at, 1, all.AsMemory(at, 100)));
        }

        Assert.Equal(0, script.Stream.ReceivedBytes);
        script.Inject(Say.Data(1, 1, all.AsMemory(0, 100)));
        Assert.Equal(all, script.Stream.Received);
    }

    [Fact]
    [Conformance(68)]
    public void What_lies_outside_the_window_is_cut_off_and_a_fin_beyond_the_cut_is_not_taken()
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { ReceiveBufferSize = 1024 });
        script.Stream.ReadsAtOnce = false;
        script.Inject(Say.Data(1, 1, Say.Bytes(100)));
        script.Inject(Say.Data(51, 1, Say.Bytes(450, first: 50)));
        Assert.Equal(Say.Bytes(500), script.Stream.Received);
        script.Inject(Say.Fin(501, 1, Say.Bytes(1000, first: 500)));
        Assert.Equal(Say.Bytes(1024), script.Stream.Received);
        Assert.False(script.Stream.IsEndOfStream);
        script.ExpectState(ConnectionState.Established);
    }

    [Fact]
    [Conformance(70, 72)]
    public void The_window_shrinks_as_data_arrives_to_zero_and_opens_when_it_is_read()
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { ReceiveBufferSize = 4096, MaxSegmentSize = 1024 });
        script.Stream.ReadsAtOnce = false;
        for (int i = 0; i < 4; i++)
        {
            script.Inject(Say.Data(1 + (i * 1024), 1, new byte[1024]));
            script.Expect("an ACK with what is left", s => s.Window == 4096 - ((i + 1) * 1024));
        }

        for (int i = 0; i < 5; i++)
        {
            // More is refused, and said to be, each time.
            script.Inject(Say.Data(4097, 1, new byte[10]));
            script.Expect("an ACK of a closed window", s => s.Window == 0 && s.Acknowledgment == 4097);
        }

        Assert.Equal(4096, script.Stream.ReceivedBytes);
        script.Read(2048);
        script.Expect("a window update", s => s.Window == 2048);
    }

    [Theory]
    [InlineData(1_048_576)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    [Conformance(71)]
    public void The_right_edge_never_moves_left_whatever_the_scale_cuts_off(int buffer)
    {
        ConnectionScript script = ConnectionScript.Established(
            new ConnectionOptions { ReceiveBufferSize = buffer }, new SegmentOptions { WindowScale = 7 });
        script.Stream.ReadsAtOnce = false;
        int shift = 0;
        while (buffer >> shift > ushort.MaxValue)
        {
            shift++;
        }

        long edge = 0;
        long next = 1;
        var random = new Random(buffer);
        for (int i = 0; i < 300; i++)
        {
            int length = random.Next(1, 1400);
            script.Inject(Say.Data(next, 1, new byte[length]));
            next += length;
            if (random.Next(10) == 0)
            {
                script.Read(random.NextInt64(script.Stream.Unread));
            }

            foreach (ScriptedSegment sent in script.TakeAll())
            {
                Assert.True(sent.Acknowledgment + ((long)sent.Window << shift) >= edge, $"the edge moved left by {edge - sent.Acknowledgment - ((long)sent.Window << shift)}");
                edge = sent.Acknowledgment + ((long)sent.Window << shift);
            }
        }
    }

    [Fact]
    [Conformance(73)]
    public void A_fin_needs_no_room()
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { ReceiveBufferSize = 1024 });
        script.Stream.ReadsAtOnce = false;
        script.Inject(Say.Data(1, 1, new byte[1024]));
        script.TakeAll();
        script.Inject(Say.Fin(1025, 1));
        script.Expect("an ACK of the FIN", s => s.Acknowledgment == 1026);
        script.ExpectState(ConnectionState.CloseWait);
    }

    [Fact]
    [Conformance(74)]
    public void A_byte_read_opens_no_window_and_a_segment_read_does()
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { ReceiveBufferSize = 4000, MaxSegmentSize = 1000 });
        script.Stream.ReadsAtOnce = false;
        script.Inject(Say.Data(1, 1, new byte[4000]));
        script.TakeAll();
        script.Read(1);
        script.Read(998);
        script.ExpectNothing();
        script.Read(1);
        script.Expect("a window update", s => s.Window == 1000);
    }

    [Fact]
    [Conformance(75)]
    public void A_window_update_goes_also_while_an_acknowledgment_waits_and_not_after_the_peers_fin()
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { ReceiveBufferSize = 4000, MaxSegmentSize = 1000, QuickAcknowledgments = 0 });
        script.Stream.ReadsAtOnce = false;
        script.Inject(Say.Data(1, 1, new byte[3000]));
        script.Inject(Say.Data(3001, 1, new byte[500]));
        script.TakeAll();
        script.Inject(Say.Data(3501, 1, new byte[300]));
        script.Read(3000);
        script.Expect("a window update that acknowledges too", s => s.Acknowledgment == 3801 && s.Window >= 3000);
        script.Inject(Say.Fin(3801, 1));
        script.TakeAll();
        script.Read(800);
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(76, 77)]
    public void One_segment_is_acknowledged_after_the_delay_and_a_second_one_at_once()
    {
        ConnectionScript script = ConnectionScript.Established(Slow);
        script.Inject(Say.Data(1, 1, new byte[100]));
        script.ExpectNothing();
        script.Advance(TimeSpan.FromMilliseconds(39));
        script.ExpectNothing();
        script.Advance(TimeSpan.FromMilliseconds(1));
        script.Expect("the delayed ACK", s => s.Acknowledgment == 101);

        // The timer runs from the first that waits: a second, shorter one does not wait at all.
        script.Inject(Say.Data(101, 1, new byte[100]));
        script.Advance(TimeSpan.FromMilliseconds(30));
        script.Inject(Say.Data(201, 1, new byte[1]));
        script.Expect("an ACK of both", s => s.Acknowledgment == 202);
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(76)]
    public void An_early_segment_a_filled_hole_and_a_fin_are_acknowledged_at_once_and_data_takes_one_along()
    {
        ConnectionScript script = ConnectionScript.Established(Slow);
        script.Inject(Say.Data(101, 1, new byte[100]));
        script.Expect("a duplicate ACK", s => s.Acknowledgment == 1);
        script.Inject(Say.Data(1, 1, new byte[100]));
        script.Expect("an ACK of both", s => s.Acknowledgment == 201);
        script.Inject(Say.Data(201, 1, new byte[100]));
        script.Write(new byte[10]);
        script.Expect("data that acknowledges", s => s.Payload.Length == 10 && s.Acknowledgment == 301);
        script.Advance(TimeSpan.FromMilliseconds(100));
        script.ExpectNothing();
        script.Inject(Say.Fin(301, 11));
        script.Expect("an ACK of the FIN", s => s.Acknowledgment == 302);
    }

    [Fact]
    [Conformance(64)]
    public void A_full_segment_carries_the_acknowledgment_that_is_owed()
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { MaxSegmentSize = 100 }, Sack with { MaxSegmentSize = 100 });
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        script.TakeAll();
        script.Stream.ReadsAtOnce = true;
        script.Write(new byte[100]);
        script.TakeAll();
        script.Inject(Say.Data(11, 101, Say.Bytes(10)));
        script.Expect("the quick ACK", s => s.Acknowledgment == 21);
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(78)]
    public void Blocks_are_reported_latest_first_and_none_that_fits_is_forgotten()
    {
        ConnectionScript script = ConnectionScript.Established(syn: Sack);
        script.Inject(Say.Data(101, 1, new byte[100]));
        Assert.Equal([(101, 201)], Blocks(script));

        // Nine segments of one other range: it is one block, and leaves room for the first.
        for (int i = 0; i < 9; i++)
        {
            script.Inject(Say.Data(301 + (i * 100), 1, new byte[100]));
            Assert.Equal([(301, 401 + (i * 100)), (101, 201)], Blocks(script));
        }

        script.Inject(Say.Data(1501, 1, new byte[100]));
        script.Inject(Say.Data(1701, 1, new byte[100]));
        script.Inject(Say.Data(1901, 1, new byte[100]));
        script.TakeAll();
        script.Inject(Say.Data(201, 1, new byte[100]));
        Assert.Equal([(101, 1201), (1901, 2001), (1701, 1801), (1501, 1601)], Blocks(script));
        script.Inject(Say.Data(1, 1, new byte[100]));
        Assert.Equal([(1901, 2001), (1701, 1801), (1501, 1601)], Blocks(script));
    }

    [Fact]
    [Conformance(79)]
    public void What_came_before_is_reported_first_and_no_more_of_it_than_came()
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { ReceiveBufferSize = 1024 }, Sack);
        script.Inject(Say.Data(1, 1, new byte[100]));
        script.TakeAll();

        // Below the cumulative acknowledgment, wholly and in part.
        script.Inject(Say.Data(1, 1, new byte[100]));
        Assert.Equal([(1, 101)], Blocks(script));
        script.Inject(Say.Data(51, 1, new byte[100]));
        Assert.Equal([(51, 101)], Blocks(script));

        // Inside a range, and beyond the window's edge only what was in it.
        script.Inject(Say.Data(501, 1, new byte[800]));
        Assert.Equal([(501, 1025)], Blocks(script));
        script.Inject(Say.Data(501, 1, new byte[900]));
        Assert.Equal((501, 1025), Blocks(script)[0]);
        script.Inject(Say.Data(601, 1, new byte[100]));
        Assert.Equal((601, 701), Blocks(script)[0]);
    }

    [Fact]
    [Conformance(67)]
    public void Urgent_data_is_delivered_in_line()
    {
        // RFC 6093, 6: the mark is of no use to anybody, the bytes are bytes like others, and none is taken out.
        ConnectionScript script = ConnectionScript.Established();
        ScriptedSegment urgent = Say.Data(1, 1, Say.Bytes(10));
        script.Inject(urgent with { Flags = urgent.Flags | SegmentFlags.Urg });
        script.Inject(Say.Data(11, 1, Say.Bytes(10, 10)));
        Assert.Equal(Say.Bytes(20), script.Stream.Received);
    }

    [Fact]
    [Conformance(79)]
    public void A_duplicate_in_the_middle_of_a_segment_is_reported_the_first_such_part_of_it()
    {
        ConnectionScript script = ConnectionScript.Established(syn: Sack);
        script.Inject(Say.Data(1001, 1, new byte[1000]));
        script.Inject(Say.Data(2501, 1, new byte[100]));
        Assert.Equal([(2501, 2601), (1001, 2001)], Blocks(script));

        // RFC 2883, 4.2.3: new bytes, old ones, new ones, old ones, new ones.
        script.Inject(Say.Data(501, 1, new byte[2500]));
        Assert.Equal([(1001, 2001), (501, 3001)], Blocks(script));
        script.Inject(Say.Data(1, 1, new byte[1000]));
        Assert.Equal([(501, 1001)], Blocks(script));
    }

    [Fact]
    [Conformance(79)]
    public void A_duplicate_inside_an_out_of_order_range_is_followed_by_that_range()
    {
        ConnectionScript script = ConnectionScript.Established(syn: Sack);
        script.Inject(Say.Data(1001, 1, new byte[1000]));
        script.Inject(Say.Data(4001, 1, new byte[1000]));
        Assert.Equal([(4001, 5001), (1001, 2001)], Blocks(script));

        // RFC 2883, 4.1.2: the older range again, wholly and in part.
        script.Inject(Say.Data(1001, 1, new byte[1000]));
        Assert.Equal([(1001, 2001), (1001, 2001), (4001, 5001)], Blocks(script));
        script.Inject(Say.Data(4501, 1, new byte[200]));
        Assert.Equal([(4501, 4701), (4001, 5001), (1001, 2001)], Blocks(script));

        // Reported once: the next acknowledgment is of the next segment.
        script.Inject(Say.Data(5001, 1, new byte[100]));
        Assert.Equal([(4001, 5101), (1001, 2001)], Blocks(script));
    }

    [Fact]
    [Conformance(81)]
    public void Reading_in_pieces_and_reading_nothing_keep_the_counts_right()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Stream.ReadsAtOnce = false;
        script.Inject(Say.Data(1, 1, Say.Bytes(100)));
        script.Read(0);
        Assert.Equal(100, script.Connection!.Unread);
        script.Read(30);
        script.Read(70);
        Assert.Equal(0, script.Connection.Unread);
        Assert.Throws<ArgumentOutOfRangeException>(() => script.Do("read what is not there", c => c.Consumed(1)));
    }

    private static (long Start, long End)[] Blocks(ConnectionScript script)
    {
        IReadOnlyList<ScriptedSegment> sent = script.TakeAll();
        SackBlocks blocks = sent[^1].Options.Sack;
        return [.. Enumerable.Range(0, blocks.Count).Select(i => (script.PeerOffset(blocks[i].Start), script.PeerOffset(blocks[i].End)))];
    }
}
