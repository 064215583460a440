using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>
/// The protocols by which two ends of a PPP link agree (RFC 1661, 5): code, identifier, length, options. They differ in what their options mean.
/// </summary>
internal static class PppControlProtocols
{
    private const int Size = 4;

    public static readonly Protocol Link = Make("lcp", "PPP Link Control Protocol");
    public static readonly Protocol Ip = Make("ipcp", "PPP IP Control Protocol");
    public static readonly Protocol Ipv6 = Make("ipv6cp", "PPP IPv6 Control Protocol");
    public static readonly Protocol Compression = Make("ccp", "PPP Compression Control Protocol");
    public static readonly Protocol Mpls = Make("mplscp", "PPP MPLS Control Protocol");
    public static readonly Protocol Bridging = Make("bcp_ncp", "PPP Bridging Control Protocol");
    public static readonly Protocol CiscoDiscovery = Make("cdpcp", "PPP CDP Control Protocol");

    private static class Fields
    {
        public static readonly Field Code = Field.Number("code", "ppp.code", at: 0, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            1 => "configuration request",
            2 => "configuration acknowledged",
            3 => "configuration not acknowledged",
            4 => "configuration rejected",
            5 => "termination request",
            6 => "termination acknowledged",
            7 => "code rejected",
            8 => "protocol rejected",
            9 => "echo request",
            10 => "echo reply",
            11 => "discard request",
            12 => "identification",
            13 => "time remaining",
            14 => "reset request",
            15 => "reset acknowledged",
            _ => null,
        });
        public static readonly Field Identifier = Field.Number("id", "ppp.identifier", at: 1, size: 1, about: "Matches answers with requests");
        public static readonly Field Length = Field.Number("length", "ppp.length", at: 2, size: 2, about: "Bytes of the message");
        public static readonly Field Magic = Field.Number("magic", "lcp.magic_number", about: "Magic number, by which a loop is noticed", width: 4);
        public static readonly Field Options = Field.Number("options", "ppp.opt.type", about: "Types of the options");

        public static readonly Field[] All = [Code, Identifier, Length, Magic, Options];
    }

    private static Protocol Make(string name, string title)
    {
        Protocol? protocol = null;
        protocol = new Protocol(name, OsiLayer.DataLink, title, Fields.All, (in Dissection dissection, int offset, int end) => Dissect(protocol!, dissection, offset, end), Describe);
        return protocol;
    }

    private static bool Dissect(Protocol protocol, in Dissection dissection, int offset, int end)
    {
        int length = end - offset < Size ? Size : BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "PPP control message", offset, Size, end);
            return true;
        }

        if (length < Size)
        {
            dissection.Add(protocol, offset, Size, end);
            dissection.Malformed(OsiLayer.DataLink, "PPP control message length", offset + 2, length);
            return true;
        }

        int messageEnd = Math.Min(end, offset + length);
        dissection.Until(offset + length).Add(protocol, offset, messageEnd - offset, messageEnd);
        if (offset + length > end)
        {
            dissection.TooShort(OsiLayer.DataLink, "PPP control message length", offset, length, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Protocol protocol = view[index].Protocol;
        protocol.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (protocol == Link && bytes[0] is 9 or 10 or 11 && bytes.Length >= Size + 4)
        {
            sink.Number(Fields.Magic, BinaryPrimitives.ReadUInt32BigEndian(bytes[Size..]), at + Size, 4);
        }
        else if (bytes[0] is >= 1 and <= 4)
        {
            DescribeOptions(bytes, at, sink);
        }
    }

    // RFC 1661, 6: type, length of all of it, value.
    private static void DescribeOptions(ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        Span<int> types = stackalloc int[64];
        int count = 0;
        int next = Size;
        while (next + 2 <= bytes.Length && bytes[next + 1] >= 2 && count < types.Length)
        {
            types[count++] = bytes[next];
            next += bytes[next + 1];
        }

        sink.Numbers(Fields.Options, types[..count], at + Size, bytes.Length - Size);
    }
}
