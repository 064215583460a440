using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Frame relay (RFC 2427), and Cisco's encapsulation with an EtherType.</summary>
internal static class FrameRelayProtocol
{
    private const int IpNlpid = 0xCC;
    private const int Ipv6Nlpid = 0x8E;
    private const int SnapNlpid = 0x80;

    public static readonly Protocol Value = new("framerelay", OsiLayer.DataLink, "Frame Relay", [], Dissect, filter: "fr");

    /// <summary>The same behind a byte that tells the direction.</summary>
    public static readonly Protocol WithDirection = new("framerelay", OsiLayer.DataLink, "Frame Relay, with direction", [], DissectWithDirection, filter: "fr");

    private static bool DissectWithDirection(in Dissection dissection, int offset, int end) => Dissect(dissection, Math.Min(offset + 1, end), end);

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // The low bit of an address byte says that it is the last one.
        int at = offset;
        while (at < end && (dissection.Bytes[at] & 1) == 0)
        {
            at++;
        }

        at++;
        if (end - at < 2)
        {
            dissection.TooShort(OsiLayer.DataLink, "frame relay header", offset, at + 2 - offset, end);
            return true;
        }

        // Cisco's encapsulation has an EtherType right here; RFC 2427's has control 3 and a protocol identifier.
        if (dissection.Bytes[at] != 3)
        {
            if (dissection.Add(Value, offset, at + 2 - offset, end))
            {
                dissection.Next(NumberTable.EtherType, BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[at..]), at + 2, end);
            }

            return true;
        }

        at++;
        at += dissection.Bytes[at] == 0 && at + 1 < end ? 1 : 0;
        int identifier = dissection.Bytes[at++];
        if (dissection.Add(Value, offset, at - offset, end))
        {
            DissectPayload(dissection, identifier, at, end);
        }

        return true;
    }

    private static void DissectPayload(in Dissection dissection, int identifier, int at, int end)
    {
        if (identifier is IpNlpid or Ipv6Nlpid)
        {
            dissection.NextIp(at, end);
        }
        else if (identifier == SnapNlpid && end - at >= 5)
        {
            dissection.Next(NumberTable.EtherType, BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(at + 3)..]), at + 5, end);
        }
        else
        {
            dissection.Unknown(OsiLayer.Network, "network layer protocol identifier", at - 1, identifier);
            dissection.Data(OsiLayer.Network, at, end);
        }
    }
}
