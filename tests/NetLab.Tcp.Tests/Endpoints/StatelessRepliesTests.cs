using NetLab.Tcp.Counters;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Endpoints;

public sealed class StatelessRepliesTests
{
    private static readonly Instant Now = Instant.FromOrigin(TimeSpan.FromHours(1));
    private static readonly ConnectionKey Key = new(DatagramAddress.FromIPv4(0x0A00_0002, 9), 7, 80);
    private readonly DemultiplexerStatistics _statistics = new();

    [Theory]
    [InlineData(SegmentFlags.Rst, false, null)]
    [InlineData(SegmentFlags.Rst | SegmentFlags.Ack, true, null)]
    [InlineData(SegmentFlags.Syn, false, SegmentFlags.Rst | SegmentFlags.Ack)]
    [InlineData(SegmentFlags.None, false, SegmentFlags.Rst | SegmentFlags.Ack)]
    [InlineData(SegmentFlags.None, true, null)]
    [InlineData(SegmentFlags.Fin, true, null)]
    [InlineData(SegmentFlags.Ack, true, SegmentFlags.Rst)]
    [InlineData(SegmentFlags.Syn | SegmentFlags.Ack, true, SegmentFlags.Rst)]
    [Conformance(30, 31)]
    public void A_segment_of_no_connection_is_answered_as_CLOSED_and_LISTEN_have_it(SegmentFlags flags, bool isListening, SegmentFlags? answer)
    {
        // RFC 9293, 3.10.7.1 and 3.10.7.2.
        var replies = new StatelessReplies(new EndpointSecrets(1, 2), 1_000, _statistics);
        var header = new SegmentHeader { Flags = flags, Sequence = new SequenceNumber(100), Acknowledgment = new SequenceNumber(200) };
        replies.AddReset(Now, Key, new Segment(header, new byte[10]), isListening);
        Assert.Equal(answer is not null, replies.TryTake(out DatagramAddress to, out SegmentHeader reply));
        Assert.Equal((answer is null ? 1 : 0, answer is null ? 0 : 1), (_statistics.Unmatched, _statistics.ResetsSent));
        if (answer is { } expected)
        {
            uint length = 10 + (uint)((flags & SegmentFlags.Syn) != 0 ? 1 : 0);
            (uint sequence, uint acknowledgment) = expected == SegmentFlags.Rst ? (200u, 0u) : (0u, 100 + length);
            Assert.Equal((expected, sequence, acknowledgment), (reply.Flags, reply.Sequence.Value, reply.Acknowledgment.Value));
            Assert.Equal((Key.Peer, Key.LocalPort, Key.RemotePort), (to, reply.SourcePort, reply.DestinationPort));
        }
    }

    [Fact]
    [Conformance(49)]
    public void A_flood_leaves_few_answers_waiting()
    {
        var replies = new StatelessReplies(new EndpointSecrets(1, 2), 1_000_000, _statistics);
        var syn = new SegmentHeader { Flags = SegmentFlags.Syn };
        for (ushort port = 1; port < 10_000; port++)
        {
            replies.AddCookie(Now, new ConnectionOptions(), Key with { RemotePort = port }, new Segment(syn, default));
            replies.AddReset(Now, Key with { RemotePort = port }, new Segment(syn, default), isListening: false);
        }

        int waiting = 0;
        while (replies.TryTake(out _, out _))
        {
            waiting++;
        }

        Assert.InRange(waiting, 1, 64);
        Assert.Equal(waiting, _statistics.CookiesSent + _statistics.ResetsSent);
    }

    [Fact]
    [Conformance(43, 45)]
    public void A_cookie_gives_its_SYN_back_to_whom_it_was_sent_and_to_nobody_else()
    {
        var replies = new StatelessReplies(new EndpointSecrets(1, 2), 1_000, _statistics);
        var options = new SegmentOptions { MaxSegmentSize = 1460, WindowScale = 5, SackPermitted = true, Timestamps = new SegmentTimestamps(77, 0) };
        var syn = new SegmentHeader { Flags = SegmentFlags.Syn, Sequence = new SequenceNumber(100), Options = options };
        replies.AddCookie(Now, new ConnectionOptions(), Key, new Segment(syn, default));
        Assert.True(replies.TryTake(out _, out SegmentHeader answer));
        var ack = new SegmentHeader
        {
            Flags = SegmentFlags.Ack,
            Sequence = new SequenceNumber(101),
            Acknowledgment = answer.Sequence.Add(1),
            Options = new SegmentOptions { Timestamps = new SegmentTimestamps(78, answer.Options.Timestamps!.Value.Value) },
        };
        Assert.True(replies.TryRestoreSyn(Now, Key, new Segment(ack, default), out SegmentHeader restored));
        Assert.Equal((100u, 1460, 5, true), (restored.Sequence.Value, restored.Options.MaxSegmentSize, restored.Options.WindowScale, restored.Options.SackPermitted));
        Assert.False(replies.TryRestoreSyn(Now, Key with { RemotePort = 8 }, new Segment(ack, default), out _));
        Assert.False(replies.TryRestoreSyn(Now, Key, new Segment(ack with { Acknowledgment = answer.Sequence.Add(2) }, default), out _));
        Assert.False(replies.TryRestoreSyn(Now, Key, new Segment(ack with { Flags = SegmentFlags.Ack | SegmentFlags.Rst }, default), out _));
        Assert.False(replies.TryRestoreSyn(Now + TimeSpan.FromMinutes(5), Key, new Segment(ack, default), out _));
    }
}
