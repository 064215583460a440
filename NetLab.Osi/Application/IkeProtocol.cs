using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>The Internet Key Exchange, version 1 (RFC 2408, 3.1) and 2 (RFC 7296, 3.1), and ESP beside it in UDP (RFC 3948, 2).</summary>
internal static class IkeProtocol
{
    private const int Size = 28;
    private const int PayloadHeader = 4;
    private const int MaxPayloads = 64;
    private const int EspNumber = 50;
    private const int Encrypted1 = 1;
    private const int Association1 = 1;
    private const int Association2 = 33;

    // Version 1 has a domain and a situation before the proposals.
    private const int AssociationHeader = 12;

    // Payloads of version 2 whose content is encrypted (RFC 7296, 3.14; RFC 7383, 2.5).
    private const int Encrypted2 = 46;
    private const int EncryptedFragment = 53;

    public static readonly Protocol Value = new("isakmp", OsiLayer.Application, "Internet Key Exchange", Fields.All, Dissect, Describe);

    /// <summary>What port 4500 carries: key exchange behind four bytes of zero, a byte that keeps an address translator's entry, or ESP.</summary>
    public static readonly Protocol InUdp = new("udpencap", OsiLayer.Transport, "UDP encapsulation of IPsec", [], DissectInUdp);

    private static class Fields
    {
        public static readonly Field Initiator = Field.Bytes("initiator", "isakmp.ispi", at: 0, size: 8, about: "The initiator's number of the exchange");
        public static readonly Field Responder = Field.Bytes("responder", "isakmp.rspi", at: 8, size: 8, about: "The responder's number of the exchange");
        public static readonly Field Next = Field.Number("next_payload", "isakmp.nextpayload", at: 16, size: 1, about: "Type of the first payload");
        public static readonly Field Version = Field.Number(null, "isakmp.version", at: 17, size: 1, about: "Version");
        public static readonly Field Major = Field.Number("version", "isakmp.mjver", at: 17, size: 1, mask: 0xF0, about: "Version");
        public static readonly Field Minor = Field.Number(null, "isakmp.mnver", at: 17, size: 1, mask: 0x0F, about: "Minor version");
        public static readonly Field Exchange = Field.Number("exchange", "isakmp.exchangetype", at: 18, size: 1, about: "Exchange", summary: true, names: static v => v switch
        {
            2 => "identity protection",
            4 => "aggressive",
            5 => "informational (version 1)",
            32 => "quick mode",
            34 => "start",
            35 => "authentication",
            36 => "child",
            37 => "informational",
            _ => null,
        });
        public static readonly Field Flags = Field.Number("flags", "isakmp.flags", at: 19, size: 1, about: "Flags");
        public static readonly Field Message = Field.Number("message", "isakmp.messageid", at: 20, size: 4, about: "Number of the message");
        public static readonly Field Length = Field.Number("length", "isakmp.length", at: 24, size: 4, about: "Bytes of the message");
        public static readonly Field PayloadType = Field.Number("payloads", "isakmp.typepayload", about: "Types of the payloads", width: 1);

        public static readonly Field[] All = [Initiator, Responder, Next, Version, Major, Minor, Exchange, Flags, Message, Length, PayloadType];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset >= Size && dissection.Bytes[offset + 17] >> 4 is not (1 or 2))
        {
            return false;
        }

        uint length = end - offset < Size ? Size : BinaryPrimitives.ReadUInt32BigEndian(dissection.Bytes[(offset + 24)..]);
        dissection.AddMessage(Value, offset, Size, (int)Math.Min(length, 1 << 24), end);
        return true;
    }

    private static bool DissectInUdp(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (!dissection.Add(InUdp, offset, bytes.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(bytes) == 0 ? 4 : bytes.Length == 1 ? 1 : 0, end))
        {
            return true;
        }

        if (bytes.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(bytes) == 0)
        {
            if (!Value.Dissect(dissection, offset + 4, end))
            {
                dissection.Data(OsiLayer.Application, offset + 4, end);
            }
        }
        else if (bytes.Length > 1)
        {
            dissection.Next(NumberTable.IpProtocol, EspNumber, offset, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        bool isFirst = bytes[17] >> 4 == 1;
        Span<int> types = stackalloc int[MaxPayloads];
        int count = 0;
        int type = bytes[16];
        int next = Size;
        if (isFirst && (bytes[19] & Encrypted1) != 0)
        {
            return;
        }

        while (type != 0 && next + PayloadHeader <= bytes.Length && count < MaxPayloads)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 2)..]);
            types[count++] = type;
            if (sink.WantsHidden)
            {
                sink.Number(Fields.Next, bytes[next], at + next, 1);
                if (type is Association1 or Association2 && length >= PayloadHeader)
                {
                    DescribeProposals(bytes.Slice(next, Math.Min(length, bytes.Length - next)), type == Association1 ? AssociationHeader : PayloadHeader, at + next, sink);
                }
            }

            if (length < PayloadHeader || type is Encrypted2 or EncryptedFragment)
            {
                break;
            }

            type = bytes[next];
            next += length;
        }

        sink.Numbers(Fields.PayloadType, types[..count], at + Size, bytes.Length - Size);
    }

    // RFC 2408, 3.5 and 3.6; RFC 7296, 3.3: proposals hold transforms, and each says whether another follows.
    private static void DescribeProposals(ReadOnlySpan<byte> bytes, int next, int at, IFieldSink sink)
    {
        const int ProposalHeader = 8;
        while (next + ProposalHeader <= bytes.Length)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 2)..]);
            int proposalEnd = Math.Min(bytes.Length, next + length);
            sink.Number(Fields.Next, bytes[next], at + next, 1);
            for (int transform = next + ProposalHeader + bytes[next + 6]; transform + PayloadHeader <= proposalEnd;)
            {
                sink.Number(Fields.Next, bytes[transform], at + transform, 1);
                int size = BinaryPrimitives.ReadUInt16BigEndian(bytes[(transform + 2)..]);
                if (size < PayloadHeader)
                {
                    return;
                }

                transform += size;
            }

            if (length < ProposalHeader)
            {
                return;
            }

            next += length;
        }
    }
}
