using System.Buffers;
using CsCheck;
using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Output;

/// <summary>
/// The end of what is written waits only for a writer that waits itself, and only where an acknowledgment is sure to come soon: nothing
/// waits that nobody would ever send.
/// </summary>
public sealed class BatchFillTests
{
    private const int Size = 1_000;
    private const int MaxSegments = 4;
    private const int Room = MaxSegments * (SegmentHeader.MinSize + Size);

    private static readonly Instant Now = Instant.FromOrigin(TimeSpan.FromSeconds(1));

    [Fact]
    public void It_waits_while_a_batch_is_on_its_way_over_a_short_round_trip() => Assert.True(Holds(4, TimeSpan.FromTicks(1_000), moreToCome: true, fin: false, waiting: 500));

    [Fact]
    public void Whatever_could_wait_for_ever_or_for_long_does_not() =>
        Gen.Select(Gen.Int[0, 8], Gen.Int[1, 20_000], Gen.Bool, Gen.Bool, Gen.Int[1, 9_000]).Sample((inFlight, microseconds, more, fin, waiting) =>
        {
            bool holds = Holds(inFlight, TimeSpan.FromMicroseconds(microseconds), more, fin, waiting);
            bool isSure = inFlight >= MaxSegments && microseconds < 1_000;
            bool isSmall = waiting < MaxSegments * Size;
            Assert.Equal(more && !fin && isSure && isSmall, holds);
        });

    [Fact]
    public void What_is_sent_again_and_probes_never_wait()
    {
        (Sender sender, BatchFill fill) = Set(4, TimeSpan.FromTicks(1_000), waiting: 500);
        fill.MoreToCome = true;
        NextSegment next = new(sender.Stream.Next, 500, -1);
        Assert.True(fill.HoldsBack(next, Room, MaxSegments));
        Assert.False(fill.HoldsBack(next with { Index = 0 }, Room, MaxSegments));
        Assert.False(fill.HoldsBack(next with { IsTailProbe = true }, Room, MaxSegments));
        Assert.False(fill.HoldsBack(next with { IsWindowProbe = true }, Room, MaxSegments));
        Assert.False(fill.HoldsBack(next with { IsFin = true }, Room, MaxSegments));
    }

    private static bool Holds(int inFlight, TimeSpan roundTrip, bool moreToCome, bool fin, int waiting)
    {
        (Sender sender, BatchFill fill) = Set(inFlight, roundTrip, waiting);
        fill.MoreToCome = moreToCome;
        if (fin)
        {
            sender.Stream.QueueFin();
        }

        return fill.HoldsBack(new NextSegment(sender.Stream.Next, Math.Min(waiting, Size), -1), Room, MaxSegments);
    }

    // A sender that has so many segments on their way, and so many bytes more to send.
    private static (Sender Sender, BatchFill Fill) Set(int inFlight, TimeSpan roundTrip, int waiting)
    {
        var options = new ConnectionOptions { Pacing = false };
        var sender = new Sender(options, new SequenceNumber(1), new TimerTable(), new ConnectionStatistics(), new EcnDataSender(new EcnNegotiation(EcnMode.Off)));
        sender.Stream.QueueSyn();
        Assert.True(sender.TryChoose(Now, out NextSegment syn));
        sender.Commit(Now, syn, null);
        sender.NegotiateSegmentSize(Size);
        sender.UpdateWindow(1 << 20);
        sender.Acknowledge(Now + roundTrip, 1, new Segment(new SegmentHeader { Flags = SegmentFlags.Ack }, default), windowChanged: false, echoAge: null);
        sender.Buffer.Supply(new ReadOnlySequence<byte>(new byte[(inFlight * Size) + waiting]));
        for (int i = 0; i < inFlight; i++)
        {
            Assert.True(sender.TryChoose(Now + roundTrip, out NextSegment next));
            Assert.Equal(Size, next.Length);
            sender.Commit(Now + roundTrip, next, null);
        }

        return (sender, new BatchFill(sender));
    }
}
