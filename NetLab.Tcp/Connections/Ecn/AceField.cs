using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Connections.Ecn;

/// <summary>The flags AE, CWR and ECE as one number of three bits, AE the highest (RFC 9768, 3.2.2).</summary>
internal static class AceField
{
    /// <summary>All three flags.</summary>
    public const SegmentFlags Mask = SegmentFlags.Ae | SegmentFlags.Cwr | SegmentFlags.Ece;

    /// <summary>The flags that say a number; only its low three bits count.</summary>
    public static SegmentFlags FlagsOf(int value) =>
        ((value & 4) != 0 ? SegmentFlags.Ae : 0) | ((value & 2) != 0 ? SegmentFlags.Cwr : 0) | ((value & 1) != 0 ? SegmentFlags.Ece : 0);

    /// <summary>The number that the flags of a segment say, 0 to 7.</summary>
    public static int ValueOf(SegmentFlags flags) =>
        ((flags & SegmentFlags.Ae) != 0 ? 4 : 0) | ((flags & SegmentFlags.Cwr) != 0 ? 2 : 0) | ((flags & SegmentFlags.Ece) != 0 ? 1 : 0);

    /// <summary>The handshake encoding of what a SYN or SYN_ACK arrived as (tables 2 and 3).</summary>
    public static int HandshakeCodeOf(EcnCodepoint arrivedAs) => arrivedAs switch
    {
        EcnCodepoint.NotEct => 0b010,
        EcnCodepoint.Ect1 => 0b011,
        EcnCodepoint.Ect0 => 0b100,
        _ => 0b110,
    };

    /// <summary>Reads the handshake encoding; false for the numbers that it does not use.</summary>
    public static bool TryReadHandshakeCode(int value, out EcnCodepoint arrivedAs)
    {
        (bool known, arrivedAs) = value switch
        {
            0b010 => (true, EcnCodepoint.NotEct),
            0b011 => (true, EcnCodepoint.Ect1),
            0b100 => (true, EcnCodepoint.Ect0),
            0b110 => (true, EcnCodepoint.Ce),
            _ => (false, EcnCodepoint.NotEct),
        };
        return known;
    }
}
