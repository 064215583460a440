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
        public static readonly Field Type = Field.Number("type", "ppp.protocol", names: static v => (int)v switch
        {
            Ipv4 => "IPv4",
            Ipv6 => "IPv6",
            Mpls => "MPLS",
            0x8021 => "IP control",
            0x8057 => "IPv6 control",
            0xC021 => "link control",
            0xC023 => "password authentication",
            0xC223 => "challenge handshake authentication",
            _ => null,
        });

        public static readonly Field[] All = [Type];
    }

    private const int Ipv4 = 0x0021;
    private const int Ipv6 = 0x0057;
    private const int Mpls = 0x0281;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        Dissect(dissection, offset, end, offset);
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
}
