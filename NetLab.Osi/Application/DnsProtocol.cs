using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>DNS over UDP and TCP (RFC 1035), mDNS (RFC 6762) and LLMNR (RFC 4795), which share its header.</summary>
internal static class DnsProtocol
{
    private const int LengthSize = 2;

    public static readonly StreamedProtocol Value = new(
        "dns", OsiLayer.Application, "Domain Name System", DnsDescription.Fields.All, static (in StreamStart _) => new Streams(), DissectDns, Describe);

    public static readonly Protocol Mdns = new("mdns", OsiLayer.Application, "Multicast Domain Name System", DnsDescription.Fields.All, DissectMdns, Describe);

    public static readonly Protocol Llmnr = new("llmnr", OsiLayer.Application, "Link-local Multicast Name Resolution", DnsDescription.Fields.All, DissectLlmnr, Describe);

    private static bool DissectDns(in Dissection dissection, int offset, int end) => Dissect(dissection, Value, offset, end);

    private static bool DissectMdns(in Dissection dissection, int offset, int end) => Dissect(dissection, Mdns, offset, end);

    private static bool DissectLlmnr(in Dissection dissection, int offset, int end) => Dissect(dissection, Llmnr, offset, end);

    private static bool Dissect(in Dissection dissection, Protocol protocol, int offset, int end)
    {
        if (!DnsMessage.TryRead(dissection.Bytes[offset..end], out DnsMessage message))
        {
            dissection.TooShort(OsiLayer.Application, "DNS header", offset, DnsMessage.HeaderSize, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return true;
        }

        dissection.Add(protocol, offset, end - offset, end);
        if (message.FindFault(out int at) is { } fault)
        {
            if (dissection.WireEnd > end)
            {
                dissection.TooShort(OsiLayer.Application, "DNS message", offset, dissection.WireEnd - offset, end);
            }
            else
            {
                dissection.Malformed(OsiLayer.Application, fault, offset + at);
            }
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink) =>
        new DnsDescription(view.BytesOf(index), view[index].Protocol == Llmnr).Describe(view[index].Offset, sink);

    /// <summary>Messages in a stream, each behind two bytes of length (RFC 1035, 4.2.2).</summary>
    private sealed class Streams : StreamProtocol
    {
        protected override StreamParser Make(bool fromClient) => new Parser();
    }

    private sealed class Parser : StreamParser
    {
        public override Protocol Protocol => Value;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (bytes.Length - at >= LengthSize)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
                if (length < DnsMessage.HeaderSize)
                {
                    return NotMine;
                }

                if (bytes.Length - at - LengthSize < length)
                {
                    break;
                }

                segment.Dissect(Value, bytes.Slice(at + LengthSize, length), length);
                at += LengthSize + length;
            }

            return at;
        }
    }
}
