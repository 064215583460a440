using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>
/// What the ends agree on with their SYNs: segment sizes, window scaling, selective acknowledgments and timestamps, each used only if
/// both offer it.
/// </summary>
/// <param name="options">What this side offers.</param>
/// <param name="negotiated">What has been agreed on.</param>
internal sealed class Handshake(ConnectionOptions options, NegotiatedOptions negotiated)
{
    // RFC 7323, 2.3: a shift above 14 is taken as 14.
    private const int MaxShift = 14;

    /// <summary>The peer's SYN or SYN_ACK arrived: both halves begin with what both offer.</summary>
    public void Accept(Instant now, in SegmentHeader syn, Sender sender, Receiver receiver)
    {
        receiver.Synchronize(syn.Sequence);
        (bool scales, sender.Sack) = negotiated.Accept(syn.Options);
        if (scales)
        {
            sender.Stream.WindowShift = Math.Min(syn.Options.WindowScale!.Value, MaxShift);
            receiver.WindowShift = Receiver.ShiftFor(options);
        }

        if (negotiated.Timestamps)
        {
            sender.FixedOptionBytes = SegmentTimestamps.OptionBytes;
            receiver.StartTimestamps(syn.Options.Timestamps!.Value.Value, now);
        }

        sender.NegotiateSegmentSize(syn.Options.MaxSegmentSize);
        sender.UpdateWindow(syn.Window);
    }
}
