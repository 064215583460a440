using System.Buffers;
using CsCheck;
using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Output;

/// <summary>No segment is larger than was agreed on, whatever there is to report; what finds no room stays owed; ECT stands where it may.</summary>
public sealed class SegmentBuilderTests
{
    private const int Size = 1_000;

    private static readonly Instant Now = Instant.FromOrigin(TimeSpan.FromSeconds(1));

    [Fact]
    public void A_segment_of_data_is_no_larger_than_agreed_on_and_says_all_or_stays_owed() =>
        Gen.Select(Gen.Int[1, Size], Gen.Int[0, 6], Gen.Bool, Gen.Bool, Gen.Bool).Sample((length, islands, timestamps, isMarked, accurate) =>
        {
            var test = new Parts(timestamps, accurate ? EcnMode.Answer : EcnMode.Off);
            length = Math.Min(length, test.Sender.FullLength);
            for (int i = 0; i < islands; i++)
            {
                test.Receiver.Receive(Now, 101 + (200 * i), new byte[100], fin: false);
            }

            if (isMarked)
            {
                test.Marks?.OnReceived(SegmentFlags.None, EcnCodepoint.Ect0, 100);
                test.Marks?.OnReceived(SegmentFlags.None, EcnCodepoint.Ect1, 100);
                test.Marks?.OnReceived(SegmentFlags.None, EcnCodepoint.Ce, 100);
            }

            test.Sender.Buffer.Supply(new ReadOnlySequence<byte>(new byte[length]));
            SegmentHeader header = test.Builder.Data(Now, new NextSegment(1, length, -1), out bool reportsAll);
            Assert.InRange(SegmentWriter.SizeOf(header.Options) + length, SegmentHeader.MinSize + length, SegmentHeader.MinSize + Size);
            Assert.InRange(SegmentWriter.SizeOf(header.Options), SegmentHeader.MinSize, SegmentHeader.MaxSize);
            Assert.Equal(timestamps, header.Options.Timestamps is not null);

            // Reported, or still owed.
            bool hasToReport = islands > 0;
            Assert.True(!reportsAll || header.Options.Sack.Count > 0 == hasToReport, header.ToString());
            Assert.True(!reportsAll || !(test.Marks?.HasNews ?? false) || header.Options.AccurateEcn is not null);
            SegmentHeader bare = test.Builder.BareAcknowledgment(Now);
            Assert.InRange(SegmentWriter.SizeOf(bare.Options), SegmentHeader.MinSize, SegmentHeader.MaxSize);
            Assert.Equal(Math.Min(islands, timestamps ? 3 : 4) > 0, bare.Options.Sack.Count > 0);

            // RFC 9768, 3.2.3.3: two blocks go before marks.
            Assert.InRange(bare.Options.Sack.Count, Math.Min(islands, 2), timestamps ? 3 : 4);
        });

    [Fact]
    [Conformance(127)]
    public void Only_new_data_is_sent_as_ect()
    {
        var test = new Parts(timestamps: false, EcnMode.Answer);
        var data = new NextSegment(1, 100, -1);
        Assert.Equal(EcnCodepoint.Ect0, test.Builder.EcnOf(data));
        foreach (NextSegment other in (NextSegment[])[data with { Index = 0 }, data with { IsWindowProbe = true }, data with { IsSyn = true }, data with { Length = 0, IsFin = true }])
        {
            Assert.Equal(EcnCodepoint.NotEct, test.Builder.EcnOf(other));
        }

        Assert.Equal(EcnCodepoint.NotEct, new Parts(timestamps: false).Builder.EcnOf(data));
    }

    [Fact]
    public void A_keep_alive_stands_right_before_what_the_peer_waits_for_and_carries_nothing()
    {
        var test = new Parts(timestamps: true);
        SegmentHeader probe = test.Builder.KeepAliveProbe(Now);
        Assert.Equal((test.Sender.Stream.Wrap(0), SegmentFlags.Ack), (probe.Sequence, probe.Flags));
    }

    [Fact]
    public void What_was_reported_is_not_owed_any_more()
    {
        var test = new Parts(timestamps: false);
        test.Receiver.Receive(Now, 101, new byte[100], fin: false);
        Assert.True(test.Receiver.Policy.Owed > 0);
        test.Builder.OnAcknowledgmentSent(test.Builder.BareAcknowledgment(Now));
        Assert.Equal(0, test.Receiver.Policy.Owed);
    }

    [Fact]
    [Conformance(127)]
    public void What_the_answer_arrived_as_is_reported_once_and_the_count_from_then_on()
    {
        var test = new Parts(timestamps: false, EcnMode.Answer);
        test.Negotiation.HandshakeReportDue = true;
        Assert.Equal(SegmentFlags.Ack | SegmentFlags.Cwr, test.Builder.BareAcknowledgment(Now).Flags);
        Assert.Equal(SegmentFlags.Ack | SegmentFlags.Ae | SegmentFlags.Ece, test.Builder.BareAcknowledgment(Now).Flags);
    }

    [Fact]
    [Conformance(127)]
    public void The_first_answer_tests_whether_the_option_comes_through_and_a_repeated_one_does_without()
    {
        var test = new Parts(timestamps: false, EcnMode.Answer);
        Assert.NotNull(test.Builder.Syn(Now, isAnswer: true, isFirst: true).Options.AccurateEcn);
        Assert.Null(test.Builder.Syn(Now, isAnswer: true, isFirst: false).Options.AccurateEcn);
        Assert.Null(test.Builder.Syn(Now, isAnswer: false, isFirst: true).Options.AccurateEcn);
    }

    /// <summary>RFC 3168, 6.1.2: the next new data says so, and nothing that is sent again.</summary>
    [Fact]
    [Conformance(127)]
    public void A_smaller_window_is_told_once_and_on_new_data()
    {
        var test = new Parts(timestamps: false, EcnMode.Answer, SegmentFlags.Ece | SegmentFlags.Cwr);
        test.Sender.Buffer.Supply(new ReadOnlySequence<byte>(new byte[300]));
        test.Sender.Ecn.OnReduced();
        bool[] told = [.. new[] { 0, -1, -1 }.Select(index => (test.Builder.Data(Now, new NextSegment(1, 100, index), out _).Flags & SegmentFlags.Cwr) != 0)];
        Assert.Equal([false, true, false], told);
    }

    /// <summary>RFC 7323, 2.2.</summary>
    [Fact]
    [Conformance(37)]
    public void The_window_of_a_syn_is_not_scaled()
    {
        var test = new Parts(timestamps: false);
        test.Receiver.WindowShift = 7;
        Assert.Equal(ushort.MaxValue, test.Builder.Syn(Now, isAnswer: true, isFirst: true).Window);
        Assert.InRange(test.Builder.BareAcknowledgment(Now).Window, 1, ushort.MaxValue - 1);
    }

    /// <summary>RFC 7323, 3.2: a RST that ends what was agreed on has what was agreed on; one that answers strangers has not.</summary>
    [Theory]
    [InlineData(true, SegmentFlags.Rst | SegmentFlags.Ack, true)]
    [InlineData(true, SegmentFlags.Rst, false)]
    [InlineData(false, SegmentFlags.Rst | SegmentFlags.Ack, false)]
    public void The_reset_that_ends_the_connection_carries_a_timestamp(bool timestamps, SegmentFlags flags, bool expected)
    {
        var test = new Parts(timestamps);
        SegmentHeader reset = test.Builder.Reset(Now, new SegmentHeader { Flags = flags, Sequence = new SequenceNumber(7) });
        Assert.Equal((flags, 7U, expected), (reset.Flags, reset.Sequence.Value, reset.Options.Timestamps is not null));
    }

    // A builder with the halves that it speaks for, behind the handshake.
    private sealed class Parts
    {
        public Parts(bool timestamps, EcnMode ecn = EcnMode.Off, SegmentFlags asks = SegmentFlags.Ece | SegmentFlags.Cwr | SegmentFlags.Ae)
        {
            var options = new ConnectionOptions { Timestamps = timestamps, Pacing = false, Ecn = ecn };
            var timers = new TimerTable();
            var negotiation = new EcnNegotiation(ecn);
            Negotiation = negotiation;
            var marks = new EcnDataReceiver(sendsOption: true);
            var negotiated = new NegotiatedOptions(options);
            Sender = new Sender(options, new SequenceNumber(uint.MaxValue - 10), timers, new ConnectionStatistics(), new EcnDataSender(negotiation)) { Sack = true };
            Receiver = new Receiver(options, NoHandler.Instance, timers, new MemoryAccount(null));
            Receiver.Synchronize(new SequenceNumber(uint.MaxValue));
            Receiver.AdvertiseWindow(isSyn: false);
            Receiver.StartDelivering();
            negotiated.Accept(new SegmentOptions { SackPermitted = true, Timestamps = timestamps ? new SegmentTimestamps(1, 0) : null });
            Sender.FixedOptionBytes = timestamps ? SegmentTimestamps.OptionBytes : 0;
            Sender.NegotiateSegmentSize(Size);
            Sender.UpdateWindow(1 << 20);
            if (ecn != EcnMode.Off)
            {
                negotiation.OnSyn(SegmentFlags.Syn | asks, EcnCodepoint.NotEct);
                marks.Begin(negotiation.Feedback);
                Marks = marks;
            }

            Builder = new SegmentBuilder(1, 2, isPassive: true, Sender, Receiver, negotiated, new TimestampClock(0), negotiation, marks);
            Sender.Stream.QueueSyn();
            Sender.TryChoose(Now, out NextSegment syn);
            Sender.Commit(Now, syn, null);
            Sender.Acknowledge(Now, 1, new Segment(new SegmentHeader { Flags = SegmentFlags.Ack }, default), windowChanged: false, echoAge: null);
        }

        public EcnNegotiation Negotiation { get; }

        public Receiver Receiver { get; }

        public Sender Sender { get; }

        public SegmentBuilder Builder { get; }

        public EcnDataReceiver? Marks { get; }
    }
}
