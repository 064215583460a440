using CsCheck;
using NetLab.Tcp.Connections;
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
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>Both halves begin with what both ends offer, and with nothing that one of them did not (RFC 7323, 1.3; RFC 2018, 2; RFC 9293, 3.7.1).</summary>
public sealed class HandshakeAgreementTests
{
    private static readonly Instant Now = Instant.FromOrigin(TimeSpan.FromSeconds(1));

    [Fact]
    [Conformance(37, 38)]
    public void Both_halves_begin_with_what_both_ends_offer() =>
        Gen.Select(Gen.Bool.Array[3], Gen.Bool.Array[3], Gen.Int[0, 255], Gen.Int[0, 65_535], Gen.Int[500, 9_000], Gen.Int[0, 65_535]).Sample((own, peer, shift, size, ownSize, window) =>
        {
            var options = new ConnectionOptions { WindowScaling = own[0], Sack = own[1], Timestamps = own[2], MaxSegmentSize = ownSize };
            var timers = new TimerTable();
            var sender = new Sender(options, new SequenceNumber(7), timers, new ConnectionStatistics(), new EcnDataSender(new EcnNegotiation(EcnMode.Off)));
            var receiver = new Receiver(options, NoHandler.Instance, timers, new MemoryAccount(null));
            var negotiated = new NegotiatedOptions(options);
            var syn = new SegmentHeader
            {
                Sequence = new SequenceNumber(uint.MaxValue),
                Flags = SegmentFlags.Syn,
                Window = (ushort)window,
                Options = new SegmentOptions
                {
                    MaxSegmentSize = size,
                    WindowScale = peer[0] ? shift : null,
                    SackPermitted = peer[1],
                    Timestamps = peer[2] ? new SegmentTimestamps(99, 0) : null,
                },
            };
            new Handshake(options, negotiated).Accept(Now, syn, sender, receiver);

            // RFC 7323, 2.3: a shift above 14 counts as 14. A window in a SYN is never scaled.
            Assert.Equal(own[0] && peer[0] ? Math.Min(shift, 14) : 0, sender.Stream.WindowShift);
            Assert.Equal(own[0] && peer[0] ? Receiver.ShiftFor(options) : 0, receiver.WindowShift);
            Assert.Equal(window, sender.Stream.Window);
            Assert.Equal(own[1] && peer[1], sender.Sack);
            bool stamps = own[2] && peer[2];
            Assert.Equal((stamps, stamps ? SegmentTimestamps.OptionBytes : 0, stamps ? 99u : 0), (negotiated.Timestamps, sender.FixedOptionBytes, receiver.RecentTimestamp));

            // MUST-16: never more than the peer's, or ours; zero is none, and 536 stands for none.
            int agreed = size == 0 ? 536 : size;
            Assert.Equal(Math.Min(ownSize, Math.Max(agreed, ConnectionOptions.SmallestPeerSegmentSize)), sender.SegmentSize);
            Assert.InRange(sender.FullLength, 1, sender.SegmentSize);

            // The SYN takes one number, here the last before the wrap.
            Assert.Equal((new SequenceNumber(0), 1L), (receiver.Acknowledgment, receiver.Next));
        });
}
