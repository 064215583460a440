using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>PPP (RFC 1661): a protocol number, compressed to one byte where its low bit is set there already.</summary>
internal static class PppProtocol
{
    public static readonly Protocol Value = new("ppp", OsiLayer.DataLink, "Point-to-Point Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "ppp.protocol", names: static v => NameOf((int)v), about: "What it carries", summary: true, width: 2);

        public static readonly Field[] All = [Type];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // RFC 1662, 3.1: an address and a control field may stand before the number, wherever PPP is carried.
        bool isFramed = end - offset >= 2 && dissection.Bytes[offset] == 0xFF && dissection.Bytes[offset + 1] == 3;
        Dissect(dissection, isFramed ? offset + 2 : offset, end, offset);
        return true;
    }

    /// <summary>Takes apart from the protocol number on.</summary>
    /// <param name="dissection">The packet.</param>
    /// <param name="offset">Where the number stands.</param>
    /// <param name="end">Where the bytes end.</param>
    /// <param name="from">Where an address and control field before it begin.</param>
    public static void Dissect(in Dissection dissection, int offset, int end, int from)
    {
        int size = offset < end && (dissection.Bytes[offset] & 1) != 0 ? 1 : 2;
        if (end - offset < size)
        {
            dissection.TooShort(OsiLayer.DataLink, "PPP header", offset, size, end);
            return;
        }

        int next = offset + size;
        if (!dissection.Add(Value, from, next - from, end))
        {
            return;
        }

        dissection.Next(NumberTable.Ppp, ProtocolOf(dissection.Bytes[from..next]), next, end);
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        LayerEntry entry = view[index];
        int type = ProtocolOf(view.BytesOf(index)[..entry.HeaderLength]);
        bool isShort = entry.HeaderLength is 1 or 3;
        int size = isShort ? 1 : 2;
        sink.Number(Fields.Type, type, entry.PayloadOffset - size, size);
    }

    private static int ProtocolOf(ReadOnlySpan<byte> header) =>
        header.Length is 1 or 3 ? header[^1] : BinaryPrimitives.ReadUInt16BigEndian(header[^2..]);

    private static string? NameOf(int protocol) => protocol switch
    {
        0x0021 => "IPv4",
        0x002B => "IPX",
        0x002D => "TCP/IP, header compressed",
        0x002F => "TCP/IP, header not compressed",
        0x003D => "multilink",
        0x0057 => "IPv6",
        0x00FB => "compressed, of one link",
        0x00FD => "compressed",
        0x0281 => "MPLS",
        0x8021 => "IP control",
        0x802B => "IPX control",
        0x8053 => "encryption control",
        0x8057 => "IPv6 control",
        0x80FD => "compression control",
        0x8281 => "MPLS control",
        0xC021 => "link control",
        0xC023 => "password authentication",
        0xC025 => "link quality report",
        0xC223 => "challenge handshake authentication",
        0xC227 => "extensible authentication",
        _ => null,
    };
}
