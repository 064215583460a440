using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>What a decoded packet's TCP segment means.</summary>
public static class TcpSessionExtensions
{
    extension(DecodedPacket packet)
    {
        /// <summary>What the packet's TCP segment means in its conversation; null if it has none. Valid until the next packet.</summary>
        public TcpSegmentFacts? Session => packet.FactsAs<TcpSegmentFacts>();
    }
}
