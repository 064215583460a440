using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>SNMP (RFC 1157, RFC 3416, RFC 3412), in BER: version, community and the kind of PDU.</summary>
internal static class SnmpProtocol
{
    public static readonly Protocol Value = new("snmp", OsiLayer.Application, "Simple Network Management Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "snmp.version", names: static v => (int)v switch { 0 => "v1", 1 => "v2c", 3 => "v3", _ => null });
        public static readonly Field Community = Field.Text("community", "snmp.community");
        public static readonly Field Pdu = Field.Number("pdu", names: static v => (int)v switch
            {
                0 => "get request",
                1 => "get next request",
                2 => "response",
                3 => "set request",
                4 => "trap (version 1)",
                5 => "get bulk request",
                6 => "inform request",
                7 => "trap",
                _ => "report",
            });

        public static readonly Field[] All = [Version, Community, Pdu];
    }

    public const int AgentPort = 161;
    public const int TrapPort = 162;

    private const int Sequence = 0x30;
    private const int Integer = 0x02;
    private const int OctetString = 0x04;
    private const int FirstPdu = 0xA0;
    private const int LastPdu = 0xA8;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < 2 || bytes[0] != Sequence)
        {
            dissection.Malformed(OsiLayer.Application, "SNMP message", offset);
            dissection.Data(OsiLayer.Application, offset, end);
            return true;
        }

        dissection.Add(Value, offset, bytes.Length, end);

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int position = 0;
        if (!Enter(bytes, ref position, Sequence) || !TryTake(bytes, ref position, Integer, out int versionAt, out int versionLength))
        {
            return;
        }

        long version = NumberOf(bytes.Slice(versionAt, versionLength));
        sink.Number(Fields.Version, version, at + versionAt, versionLength);
        if (version == 3)
        {
            // RFC 3412, 6: header data, security parameters, then the scoped PDU, which may be encrypted.
            bool isPlain = TryTake(bytes, ref position, Sequence, out _, out _)
                && TryTake(bytes, ref position, OctetString, out _, out _)
                && Enter(bytes, ref position, Sequence)
                && TryTake(bytes, ref position, OctetString, out _, out _)
                && TryTake(bytes, ref position, OctetString, out _, out _);
            if (isPlain)
            {
                DescribePdu(bytes, position, at, sink);
            }
        }
        else if (TryTake(bytes, ref position, OctetString, out int communityAt, out int communityLength))
        {
            sink.Text(Fields.Community, bytes.Slice(communityAt, communityLength), at + communityAt, communityLength);
            DescribePdu(bytes, position, at, sink);
        }
    }

    private static void DescribePdu(ReadOnlySpan<byte> bytes, int position, int at, IFieldSink sink)
    {
        if (position < bytes.Length && bytes[position] is >= FirstPdu and <= LastPdu)
        {
            int kind = bytes[position] - FirstPdu;
            sink.Number(Fields.Pdu, kind, at + position, 1);
        }
    }

    private static long NumberOf(ReadOnlySpan<byte> bytes)
    {
        long value = 0;
        foreach (byte b in bytes[..Math.Min(bytes.Length, 8)])
        {
            value = (value << 8) | b;
        }

        return value;
    }

    private static bool Enter(ReadOnlySpan<byte> bytes, ref int position, int tag)
    {
        bool found = TryReadHeader(bytes, position, tag, out int value, out _);
        position = found ? value : position;
        return found;
    }

    private static bool TryTake(ReadOnlySpan<byte> bytes, ref int position, int tag, out int value, out int length)
    {
        if (!TryReadHeader(bytes, position, tag, out value, out length))
        {
            return false;
        }

        length = Math.Min(length, bytes.Length - value);
        position = value + length;
        return true;
    }

    // X.690, 8.1.3: a length of one byte, or a count of bytes that hold it.
    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, int position, int tag, out int value, out int length)
    {
        (value, length) = (position + 2, 0);
        if (value > bytes.Length || bytes[position] != tag)
        {
            return false;
        }

        length = bytes[position + 1];
        if (length < 0x80)
        {
            return true;
        }

        int count = length & 0x7F;
        length = 0;
        if (count > 3 || value + count > bytes.Length)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            length = (length << 8) | bytes[value++];
        }

        return true;
    }
}
