using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.DataLink;

/// <summary>Links that only old captures know: FDDI, token ring (both with LLC), ARCNET (RFC 1051, RFC 1201) and frame relay (RFC 2427).</summary>
internal static class OldLinks
{
    private const int FddiSize = 13;
    private const int TokenRingSize = 14;
    private const int ArcnetSize = 5;
    private const int IpNlpid = 0xCC;
    private const int Ipv6Nlpid = 0x8E;
    private const int SnapNlpid = 0x80;

    public static void Dissect(in Dissection dissection, int linkType, int offset, int end)
    {
        switch (linkType)
        {
            case LinkTypes.Fddi:
                DissectWithLlc(dissection, ProtocolId.Fddi, "FDDI header", FddiSize, offset, end);
                break;
            case LinkTypes.TokenRing:
                DissectWithLlc(dissection, ProtocolId.TokenRing, "token ring header", TokenRingLength(dissection.Bytes[offset..end]), offset, end);
                break;
            case LinkTypes.ArcnetLinux:
                DissectArcnet(dissection, offset, end);
                break;
            default:
                DissectFrameRelay(dissection, offset, end);
                break;
        }
    }

    private static void DissectWithLlc(in Dissection dissection, ProtocolId protocol, string what, int size, int offset, int end)
    {
        if (end - offset < size)
        {
            dissection.Short(OsiLayer.DataLink, what, offset, size, end);
        }
        else if (dissection.Add(protocol, OsiLayer.DataLink, offset, size, end))
        {
            LlcDissector.Dissect(dissection, offset + size, end);
        }
    }

    // IEEE 802.5, 3.1: the top bit of the source address says that routing information follows, its first five bits how long.
    private static int TokenRingLength(ReadOnlySpan<byte> bytes) =>
        bytes.Length > TokenRingSize && (bytes[8] & 0x80) != 0 ? TokenRingSize + (bytes[14] & 0x1F) : TokenRingSize;

    private static void DissectArcnet(in Dissection dissection, int offset, int end)
    {
        // Linux: source, destination, two bytes of offset, protocol. RFC 1201 adds a split flag and a sequence number.
        int type = end - offset >= ArcnetSize ? dissection.Bytes[offset + 4] : 0;
        bool isOld = type is 0xF0 or 0xF1;
        int size = isOld ? ArcnetSize : ArcnetSize + 3;
        if (end - offset < size)
        {
            dissection.Short(OsiLayer.DataLink, "ARCNET header", offset, size, end);
            return;
        }

        if (!dissection.Add(ProtocolId.Arcnet, OsiLayer.DataLink, offset, size, end))
        {
            return;
        }

        int next = offset + size;
        switch (type)
        {
            case 0xF0 or 0xD4:
                Ipv4Dissector.Dissect(dissection, next, end);
                break;
            case 0xF1 or 0xD5:
                ArpDissector.Dissect(dissection, next, end);
                break;
            case 0xC4:
                Ipv6Dissector.Dissect(dissection, next, end);
                break;
            default:
                dissection.Unknown(OsiLayer.Network, "ARCNET protocol", offset + 4, type);
                dissection.Data(OsiLayer.Network, next, end);
                break;
        }
    }

    private static void DissectFrameRelay(in Dissection dissection, int offset, int end)
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
            dissection.Short(OsiLayer.DataLink, "frame relay header", offset, at + 2 - offset, end);
            return;
        }

        // Cisco's encapsulation has an EtherType right here; RFC 2427's has control 3 and a protocol identifier.
        if (dissection.Bytes[at] != 3)
        {
            if (dissection.Add(ProtocolId.FrameRelay, OsiLayer.DataLink, offset, at + 2 - offset, end))
            {
                EtherTypes.Dissect(dissection, BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[at..]), at + 2, end);
            }

            return;
        }

        at++;
        at += dissection.Bytes[at] == 0 && at + 1 < end ? 1 : 0;
        int identifier = dissection.Bytes[at++];
        if (!dissection.Add(ProtocolId.FrameRelay, OsiLayer.DataLink, offset, at - offset, end))
        {
            return;
        }

        if (identifier is IpNlpid or Ipv6Nlpid)
        {
            IpProtocols.DissectByVersion(dissection, at, end);
        }
        else if (identifier == SnapNlpid && end - at >= 5)
        {
            EtherTypes.Dissect(dissection, BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(at + 3)..]), at + 5, end);
        }
        else
        {
            dissection.Unknown(OsiLayer.Network, "network layer protocol identifier", at - 1, identifier);
            dissection.Data(OsiLayer.Network, at, end);
        }
    }
}
