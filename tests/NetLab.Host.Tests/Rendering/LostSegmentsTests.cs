using NetLab.Host.Demo;
using NetLab.Host.Rendering;
using NetLab.Tcp.Segments;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Tests.Rendering;

/// <summary>Of what a link dropped, the demo says how much was nothing but an acknowledgment: by the segments themselves.</summary>
public sealed class LostSegmentsTests
{
    [Fact]
    public void Acknowledgments_are_told_from_data_of_either_direction()
    {
        var lost = new LostSegments();
        List<LadderEvent> seen =
        [
            Sent(atClient: true, SegmentFlags.Syn, 0), Sent(atClient: false, SegmentFlags.Syn | SegmentFlags.Ack, 0), Sent(atClient: true, SegmentFlags.Ack, 0),
            Sent(atClient: true, SegmentFlags.Ack, 100), Sent(atClient: false, SegmentFlags.Ack, 0), Sent(atClient: false, SegmentFlags.Ack | SegmentFlags.Fin, 0),
        ];
        foreach ((bool up, long ordinal, LinkEffects effects) in ((bool, long, LinkEffects)[])
            [(true, 2, LinkEffects.Lost), (true, 3, LinkEffects.ScriptedDrop), (false, 1, LinkEffects.Lost), (false, 2, LinkEffects.QueueDrop), (false, 3, LinkEffects.Lost), (true, 1, LinkEffects.Duplicated)])
        {
            lost.Note(up, new LinkOutcome(ordinal, Instant.Zero, 40, effects, Instant.Zero, -1));
        }

        // The client's second, the third ACK of the handshake, and the server's second; not its SYN_ACK and its FIN.
        Assert.Equal((5, 2), (lost.Count, lost.Acknowledgments(seen)));
    }

    private static LadderEvent Sent(bool atClient, SegmentFlags flags, int payload)
    {
        byte[] segment = new byte[SegmentWriter.SizeOf(default) + payload];
        SegmentWriter.Write(segment, new SegmentHeader { SourcePort = 1, DestinationPort = 2, Flags = flags });
        return new LadderEvent(Instant.Zero, atClient, Sent: true, segment);
    }
}
