using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Media;

/// <summary>Q.931 (ITU-T, 05/98) as H.323 has it on TCP (H.225.0, 7.2): a message with its elements, the last of which holds H.225.0's own part.</summary>
internal static class Q931Protocol
{
    private const int Discriminator = 8;
    private const int MinSize = 3;
    private const int Cause = 0x08;
    private const int CallingNumber = 0x6C;
    private const int CalledNumber = 0x70;
    private const int UserUser = 0x7E;
    private const int UserInformation = 5;
    private const int Extension = 0x80;

    public static readonly Protocol Value = new("q931", OsiLayer.Application, "Q.931", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Discriminator = Field.Number(null, "q931.disc", about: "Protocol discriminator: 8", width: 1);
        public static readonly Field ReferenceLength = Field.Number(null, "q931.call_ref_len", about: "Bytes of the call reference", width: 1);
        public static readonly Field ReferenceFlag = Field.Flag("from_destination", "q931.call_ref_flag", about: "Sent to the side that chose the reference");
        public static readonly Field Reference = Field.Bytes("call_reference", "q931.call_ref", about: "Which call");
        public static readonly Field Type = Field.Number("type", "q931.message_type", about: "Message", summary: true, names: static v => NameOf((int)v), width: 1);
        public static readonly Field CauseValue = Field.Number("cause", "q931.cause_value", about: "Why the call ends", names: static v => CauseName((int)v), summary: true, width: 1);
        public static readonly Field Calling = Field.Text("calling", "q931.calling_party_number.digits", about: "Number of who calls", summary: true);
        public static readonly Field Called = Field.Text("called", "q931.called_party_number.digits", about: "Number that is called", summary: true);

        public static readonly Field[] All = [Discriminator, ReferenceLength, ReferenceFlag, Reference, Type, CauseValue, Calling, Called];
    }

    /// <summary>Whether bytes begin with a message: the discriminator, a call reference of at most two bytes, a message that there is.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        int length = bytes.Length > 1 ? bytes[1] : 0xFF;
        return length <= 2 && bytes.Length > 2 + length && bytes[0] == Discriminator && NameOf(bytes[2 + length]) is not null;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < MinSize || !Begins(bytes))
        {
            return false;
        }

        (int at, int size) = FindUserInformation(bytes);
        dissection.Add(Value, offset, at < 0 ? bytes.Length : at, end);
        if (at >= 0 && size > 0)
        {
            H225Protocol.Signalling.Dissect(dissection.Until(offset + at + size), offset + at, Math.Min(end, offset + at + size));
        }

        return true;
    }

    // Where H.225.0's part of the user information begins, and its bytes; -1 if there is none.
    private static (int At, int Size) FindUserInformation(ReadOnlySpan<byte> bytes)
    {
        var elements = new Elements(bytes);
        while (elements.MoveNext())
        {
            if (elements.Type == UserUser && elements.Length > 0 && elements.ValueAt < bytes.Length && bytes[elements.ValueAt] == UserInformation)
            {
                return (elements.ValueAt + 1, elements.Length - 1);
            }
        }

        return (-1, 0);
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int length = bytes[1];
        sink.Number(Fields.Discriminator, bytes[0], at, 1);
        sink.Number(Fields.ReferenceLength, length, at + 1, 1);
        if (length > 0)
        {
            sink.Flag(Fields.ReferenceFlag, (bytes[2] & Extension) != 0, at + 2, 1);
            Span<byte> reference = stackalloc byte[length];
            bytes.Slice(2, length).CopyTo(reference);
            reference[0] &= 0x7F;
            sink.Bytes(Fields.Reference, reference, at + 2);
        }

        sink.Number(Fields.Type, bytes[2 + length], at + 2 + length, 1);
        var elements = new Elements(bytes);
        while (elements.MoveNext())
        {
            ReadOnlySpan<byte> value = bytes[elements.ValueAt..Math.Min(bytes.Length, elements.ValueAt + elements.Length)];
            DescribeElement(elements.Type, value, at + elements.ValueAt, sink);
        }
    }

    // 4.5: bytes of an element go on as long as their high bit is not set.
    private static void DescribeElement(int type, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        int first = value.IndexOfAnyInRange((byte)Extension, (byte)0xFF) + 1;
        if (first == 0 || first > value.Length)
        {
            return;
        }

        switch (type)
        {
            case Cause when first < value.Length:
                sink.Number(Fields.CauseValue, value[first] & 0x7F, at + first, 1);
                break;
            case CallingNumber:
                sink.Text(Fields.Calling, value[first..], at + first, value.Length - first);
                break;
            case CalledNumber:
                sink.Text(Fields.Called, value[first..], at + first, value.Length - first);
                break;
            default:
                break;
        }
    }

    private static string? NameOf(int type) => type switch
    {
        0x01 => "alerting",
        0x02 => "call proceeding",
        0x03 => "progress",
        0x05 => "setup",
        0x07 => "connect",
        0x0D => "setup acknowledge",
        0x0F => "connect acknowledge",
        0x20 => "user information",
        0x45 => "disconnect",
        0x4D => "release",
        0x5A => "release complete",
        0x62 => "facility",
        0x6E => "notify",
        0x75 => "status enquiry",
        0x7B => "information",
        0x7D => "status",
        _ => null,
    };

    // Q.850, table 1.
    private static string? CauseName(int cause) => cause switch
    {
        1 => "unallocated number",
        3 => "no route to destination",
        16 => "normal call clearing",
        17 => "user busy",
        18 => "no user responding",
        19 => "no answer from user",
        21 => "call rejected",
        27 => "destination out of order",
        28 => "invalid number format",
        31 => "normal, unspecified",
        34 => "no circuit available",
        38 => "network out of order",
        41 => "temporary failure",
        42 => "switching equipment congestion",
        47 => "resource unavailable",
        102 => "recovery on timer expiry",
        127 => "interworking, unspecified",
        _ => null,
    };

    /// <summary>Walks the elements of a message (4.5.1): those of one byte, and those with a length, which is of two bytes for user information (H.225.0, 7.2.2.31).</summary>
    private ref struct Elements(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _next = MinSize + bytes[1];

        public int Type { get; private set; }

        public int ValueAt { get; private set; }

        public int Length { get; private set; }

        public bool MoveNext()
        {
            if (_next >= _bytes.Length)
            {
                return false;
            }

            Type = _bytes[_next];
            int header = (Type & Extension) != 0 ? 1 : Type == UserUser ? 3 : 2;
            if (_bytes.Length - _next < header)
            {
                return false;
            }

            Length = header switch
            {
                1 => 0,
                2 => _bytes[_next + 1],
                _ => BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_next + 1)..]),
            };
            ValueAt = _next + header;
            _next = ValueAt + Length;
            return true;
        }
    }
}
