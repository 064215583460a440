using System.Globalization;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>SNMP (RFC 1157, RFC 3416, RFC 3412), in BER: version, community and the kind of PDU.</summary>
internal static class SnmpProtocol
{
    public static readonly Protocol Value = new("snmp", OsiLayer.Application, "Simple Network Management Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", names: static v => (int)v switch { 0 => "v1", 1 => "v2c", 3 => "v3", _ => null });
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

        public static readonly Field PlainVersion = Field.Number(null, "snmp.version", about: "Version 1 or 2c", width: 4);
        public static readonly Field SecureVersion = Field.Number(null, "snmp.msgVersion", about: "Version 3", width: 4);
        public static readonly Field RequestId = Field.Of(FieldKind.SignedNumber, null, "snmp.request_id", "Identifier of a request and its answer", width: 4);
        public static readonly Field ErrorStatus = Field.Number("error_status", "snmp.error_status", about: "Why a request failed", names: static v => ErrorName((int)v), width: 4);
        public static readonly Field ErrorIndex = Field.Number(null, "snmp.error_index", about: "Which variable it failed for", width: 4);
        public static readonly Field NonRepeaters = Field.Number(null, "snmp.non_repeaters", about: "Variables of a bulk request that are asked for once", width: 4);
        public static readonly Field MaxRepetitions = Field.Number(null, "snmp.max_repetitions", about: "How often the others are asked for", width: 4);
        public static readonly Field Names = Field.Text("names", "snmp.name", about: "Names of the variables", summary: true);
        public static readonly Field User = Field.Text(null, "snmp.msgUserName", about: "User");

        public static readonly Field[] All = [Version, Community, Pdu, PlainVersion, SecureVersion, RequestId, ErrorStatus, ErrorIndex, NonRepeaters, MaxRepetitions, Names, User];
    }

    public const int AgentPort = 161;
    public const int TrapPort = 162;

    private const int Sequence = 0x30;
    private const int Integer = 0x02;
    private const int OctetString = 0x04;
    private const int FirstPdu = 0xA0;
    private const int LastPdu = 0xA8;
    private const int ObjectIdentifier = 0x06;
    private const int FirstTrap = 4;
    private const int GetBulk = 5;
    private const int MaxVariables = 1024;

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
        sink.Number(version == 3 ? Fields.SecureVersion : Fields.PlainVersion, version, at + versionAt, versionLength);
        if (version == 3)
        {
            // RFC 3412, 6: header data, security parameters, then the scoped PDU, which may be encrypted.
            bool isPlain = TryTake(bytes, ref position, Sequence, out _, out _)
                && TryTakeSecurity(bytes, ref position, at, sink)
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
            if (kind != FirstTrap && Enter(bytes, ref position, FirstPdu + kind))
            {
                DescribeRequest(bytes, position, kind, at, sink);
            }
            else if (kind == FirstTrap && Enter(bytes, ref position, FirstPdu + kind))
            {
                // RFC 1157, 4.1.6: enterprise, agent, two kinds of trap, time; then the variables.
                for (int i = 0; i < 5 && position + 1 < bytes.Length; i++)
                {
                    if (!TryTake(bytes, ref position, bytes[position], out _, out _))
                    {
                        return;
                    }
                }

                DescribeVariables(bytes, position, at, sink);
            }
        }
    }

    // RFC 3416, 3: identifier, two numbers, variables.
    private static void DescribeRequest(ReadOnlySpan<byte> bytes, int position, int kind, int at, IFieldSink sink)
    {
        if (!TryTake(bytes, ref position, Integer, out int idAt, out int idLength))
        {
            return;
        }

        sink.Number(Fields.RequestId, SignedOf(bytes.Slice(idAt, idLength)), at + idAt, idLength);
        foreach (Field field in kind == GetBulk ? (ReadOnlySpan<Field>)[Fields.NonRepeaters, Fields.MaxRepetitions] : [Fields.ErrorStatus, Fields.ErrorIndex])
        {
            if (!TryTake(bytes, ref position, Integer, out int numberAt, out int numberLength))
            {
                return;
            }

            sink.Number(field, NumberOf(bytes.Slice(numberAt, numberLength)), at + numberAt, numberLength);
        }

        DescribeVariables(bytes, position, at, sink);
    }

    private static void DescribeVariables(ReadOnlySpan<byte> bytes, int position, int at, IFieldSink sink)
    {
        if (!TryTake(bytes, ref position, Sequence, out int listAt, out int listLength))
        {
            return;
        }

        int end = listAt + listLength;
        position = listAt;
        var names = new List<string>();
        while (position < end && names.Count < MaxVariables && TryTake(bytes[..end], ref position, Sequence, out int itemAt, out int itemLength))
        {
            int inside = itemAt;
            if (TryTake(bytes[..(itemAt + itemLength)], ref inside, ObjectIdentifier, out int nameAt, out int nameLength))
            {
                names.Add(OidOf(bytes.Slice(nameAt, nameLength)));
            }
        }

        if (names.Count > 0)
        {
            sink.Texts(Fields.Names, names, at + listAt, listLength);
        }
    }

    // RFC 3414, 2.4: the parameters of the user-based security model; the third of them is the user.
    private static bool TryTakeSecurity(ReadOnlySpan<byte> bytes, ref int position, int at, IFieldSink sink)
    {
        if (!TryTake(bytes, ref position, OctetString, out int start, out int length))
        {
            return false;
        }

        ReadOnlySpan<byte> all = bytes[..(start + length)];
        if (Enter(all, ref start, Sequence) && TryTake(all, ref start, OctetString, out _, out _) && TryTake(all, ref start, Integer, out _, out _)
            && TryTake(all, ref start, Integer, out _, out _) && TryTake(all, ref start, OctetString, out int userAt, out int userLength))
        {
            sink.Text(Fields.User, bytes.Slice(userAt, userLength), at + userAt, userLength);
        }

        return true;
    }

    // X.690, 8.19: the first two numbers share a byte, of the others each byte holds seven bits.
    private static string OidOf(ReadOnlySpan<byte> bytes)
    {
        var text = new System.Text.StringBuilder();
        ulong number = 0;
        foreach (byte b in bytes)
        {
            number = (number << 7) | (uint)(b & 0x7F);
            if ((b & 0x80) != 0)
            {
                continue;
            }

            if (text.Length == 0)
            {
                ulong first = Math.Min(2, number / 40);
                text.Append(CultureInfo.InvariantCulture, $"{first}.{number - (40 * first)}");
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $".{number}");
            }

            number = 0;
        }

        return text.ToString();
    }

    private static long SignedOf(ReadOnlySpan<byte> bytes)
    {
        long value = bytes.IsEmpty ? 0 : (sbyte)bytes[0];
        foreach (byte b in bytes.IsEmpty ? bytes : bytes[1..Math.Min(bytes.Length, 8)])
        {
            value = (value << 8) | b;
        }

        return value;
    }

    // RFC 3416, 3.
    private static string? ErrorName(int status) => status switch
    {
        0 => "no error",
        1 => "too big",
        2 => "no such name",
        3 => "bad value",
        4 => "read only",
        5 => "general error",
        6 => "no access",
        _ => null,
    };

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
