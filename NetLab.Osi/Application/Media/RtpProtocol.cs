using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Media;

/// <summary>RTP (RFC 3550, 5). Its header says little that chance would not, so that a message of another protocol has to announce it.</summary>
internal static class RtpProtocol
{
    public static readonly Protocol Value = new("rtp", OsiLayer.Application, "Real-Time Transport Protocol", Fields.All, Dissect);

    private const int HeaderSize = 12;

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("version", "rtp.version", at: 0, size: 1, mask: 0xC0, about: "Version"),
            Field.Flag(null, "rtp.padding", at: 0, size: 1, mask: 0x20, about: "Padding at the end"),
            Field.Flag(null, "rtp.ext", at: 0, size: 1, mask: 0x10, about: "An extension of the header"),
            Field.Number(null, "rtp.cc", at: 0, size: 1, mask: 0x0F, about: "Contributing sources"),
            Field.Flag("marker", "rtp.marker", at: 1, size: 1, mask: 0x80, about: "Marker"),
            Field.Number("payload_type", "rtp.p_type", at: 1, size: 1, mask: 0x7F, names: static v => TypeName((int)v), about: "Payload type", summary: true),
            Field.Number("seq", "rtp.seq", at: 2, size: 2, about: "Sequence number", summary: true),
            Field.Number("timestamp", "rtp.timestamp", at: 4, size: 4, about: "Time of sampling"),
            Field.Number("ssrc", "rtp.ssrc", at: 8, size: 4, about: "Synchronization source"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];

        // RFC 7983: 128 to 191. RFC 5761, 4: payload types 64 to 95 are left to RTCP where both share a port.
        if (bytes.IsEmpty || bytes[0] >> 6 != 2)
        {
            return false;
        }

        if (bytes.Length >= 2 && RtcpProtocol.IsPacketType(bytes[1]))
        {
            return RtcpProtocol.Value.Dissect(dissection, offset, end);
        }

        int size = HeaderSize + (4 * (bytes[0] & 0x0F));
        if (bytes.Length >= size + 4 && (bytes[0] & 0x10) != 0)
        {
            size += 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(bytes[(size + 2)..]));
        }

        if (bytes.Length < size && dissection.WireEnd - offset < size)
        {
            return false;
        }

        if (bytes.Length < size)
        {
            dissection.Cut(Value, "RTP header", offset, size, end);
            return true;
        }

        dissection.Add(Value, offset, size, end);
        return true;
    }

    // RFC 3551, 6.
    private static string? TypeName(int type) => type switch
    {
        0 => "PCMU",
        3 => "GSM",
        4 => "G723",
        8 => "PCMA",
        9 => "G722",
        10 or 11 => "L16",
        12 => "QCELP",
        13 => "comfort noise",
        14 => "MPEG audio",
        15 => "G728",
        18 => "G729",
        26 => "JPEG",
        31 => "H.261",
        32 => "MPEG video",
        33 => "MPEG-2 transport stream",
        34 => "H.263",
        >= 96 => "dynamic",
        _ => null,
    };
}
