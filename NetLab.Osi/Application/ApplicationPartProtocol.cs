using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>
/// The application protocols of mobile networks that share a form: S1AP (3GPP TS 36.413), X2AP (TS 36.423) and NGAP (TS 38.413). In
/// aligned packed encoding (ITU-T X.691): a choice, the procedure, its criticality, and a list of numbered elements.
/// </summary>
internal sealed class ApplicationPartProtocol
{
    private const int MinSize = 4;
    private const int MaxElements = 256;
    private const int Nas5G = 38;
    private const int RanUe = 85;
    private const int AmfUe = 10;

    public static readonly Protocol Ngap = new ApplicationPartProtocol("NGAP").Make("ngap", "NG Application Protocol", NgapProcedure, 3);

    public static readonly Protocol S1ap = new ApplicationPartProtocol("S1AP").Make("s1ap", "S1 Application Protocol", S1apProcedure, 3);

    public static readonly Protocol X2ap = new ApplicationPartProtocol("X2AP").Make("x2ap", "X2 Application Protocol", X2apProcedure, 3);

    private readonly string _prefix;
    private Field? _message;
    private Field? _procedure;
    private Field? _criticality;
    private Field? _elements;
    private Field? _id;
    private Field? _nas;
    private Field? _ranUe;
    private Field? _amfUe;
    private int _choices;
    private Protocol? _protocol;

    private ApplicationPartProtocol(string prefix) => _prefix = prefix;

    private Protocol Make(string name, string title, Func<long, string?> procedures, int choices)
    {
        _choices = choices;
        _message = Field.Number("message", $"{name}.{_prefix}_PDU", about: "Message", names: static v => v switch { 0 => "initiating message", 1 => "successful outcome", 2 => "unsuccessful outcome", _ => null });
        _procedure = Field.Number("procedure", $"{name}.procedureCode", names: procedures, about: "Procedure", summary: true);
        _criticality = Field.Number("criticality", $"{name}.criticality", about: "What to do when it is not understood: 0 reject, 1 ignore, 2 notify");
        _elements = Field.Number("element_count", $"{name}.protocolIEs", about: "How many elements");
        _id = Field.Number("elements", $"{name}.id", about: "Numbers of the elements");
        _nas = Field.Bytes(null, $"{name}.NAS_PDU", about: "What passes between the phone and the core");
        _ranUe = Field.Number(null, $"{name}.RAN_UE_{_prefix}_ID", about: "The radio network's number of the phone");
        _amfUe = Field.Number(null, $"{name}.AMF_UE_{_prefix}_ID", about: "The core's number of the phone");
        _protocol = new Protocol(name, OsiLayer.Application, title, [_message, _procedure, _criticality, _elements, _id, _nas, _ranUe, _amfUe], Dissect, Describe);
        return _protocol;
    }

    private bool Dissect(in Dissection dissection, int offset, int end)
    {
        // Five bits behind the choice are padding; the criticality has two bits of the third byte.
        if (end - offset >= MinSize && (dissection.Bytes[offset] >> 5 >= _choices || (dissection.Bytes[offset] & 0x9F) != 0 || (dissection.Bytes[offset + 2] & 0x3F) != 0))
        {
            return false;
        }

        dissection.AddMessage(_protocol!, offset, MinSize, end);
        return true;
    }

    private void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(_message!, bytes[0] >> 5, at, 1);
        sink.Number(_procedure!, bytes[1], at + 1, 1);
        sink.Number(_criticality!, bytes[2] >> 6, at + 2, 1);
        int next = 3;
        if (!TryLength(bytes, ref next, out _) || next + 3 > bytes.Length)
        {
            return;
        }

        // A bit for extensions and the padding behind it, then how many elements.
        int count = BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 1)..]);
        sink.Number(_elements!, count, at + next + 1, 2);
        next += 3;
        Span<int> ids = stackalloc int[MaxElements];
        int told = 0;
        while (told < Math.Min(count, MaxElements) && next + 3 < bytes.Length)
        {
            int id = BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]);
            int criticality = bytes[next + 2] >> 6;
            int criticalityAt = next + 2;
            next += 3;
            if (!TryLength(bytes, ref next, out int length))
            {
                break;
            }

            ids[told++] = id;
            if (sink.WantsHidden)
            {
                sink.Number(_criticality!, criticality, at + criticalityAt, 1);
                DescribeElement(id, bytes.Slice(next, Math.Min(length, bytes.Length - next)), at + next, sink);
            }

            next += length;
        }

        sink.Numbers(_id!, ids[..told], at + 3, bytes.Length - 3);
    }

    private void DescribeElement(int id, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        if (_prefix != "NGAP" || value.IsEmpty)
        {
            return;
        }

        int next = 0;
        switch (id)
        {
            case Nas5G when TryLength(value, ref next, out int length) && next + length <= value.Length:
                sink.Bytes(_nas!, value.Slice(next, length), at + next);
                break;
            case RanUe:
                ReportInteger(_ranUe!, value, lengthBits: 2, at, sink);
                break;
            case AmfUe:
                ReportInteger(_amfUe!, value, lengthBits: 3, at, sink);
                break;
            default:
                break;
        }
    }

    // X.691, 11.5.7.4: a number of a wide range has its length less one in the first bits, and stands in whole bytes.
    private static void ReportInteger(Field field, ReadOnlySpan<byte> value, int lengthBits, int at, IFieldSink sink)
    {
        int size = (value[0] >> (8 - lengthBits)) + 1;
        if (value.Length != 1 + size)
        {
            return;
        }

        ulong number = 0;
        foreach (byte digit in value[1..])
        {
            number = (number << 8) | digit;
        }

        sink.Number(field, (long)number, at + 1, size);
    }

    // X.691, 11.9: one byte up to 127, two up to 16383; longer ones come in fragments, which no message here has been seen to need.
    private static bool TryLength(ReadOnlySpan<byte> bytes, ref int next, out int length)
    {
        length = 0;
        if (next >= bytes.Length || bytes[next] >= 0xC0)
        {
            return false;
        }

        if (bytes[next] < 0x80)
        {
            length = bytes[next++];
            return true;
        }

        if (next + 2 > bytes.Length)
        {
            return false;
        }

        length = BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]) & 0x3FFF;
        next += 2;
        return true;
    }

    private static string? NgapProcedure(long code) => code switch
    {
        0 => "AMF configuration update",
        4 => "downlink NAS transport",
        9 => "error indication",
        10 => "handover cancel",
        11 => "handover notification",
        12 => "handover preparation",
        13 => "handover resource allocation",
        14 => "initial context setup",
        15 => "initial UE message",
        19 => "NAS non delivery indication",
        20 => "NG reset",
        21 => "NG setup",
        24 => "paging",
        25 => "path switch request",
        26 => "PDU session resource modify",
        28 => "PDU session resource release",
        29 => "PDU session resource setup",
        40 => "UE context modification",
        41 => "UE context release",
        42 => "UE context release request",
        44 => "UE radio capability information",
        46 => "uplink NAS transport",
        _ => null,
    };

    private static string? S1apProcedure(long code) => code switch
    {
        0 => "handover preparation",
        1 => "handover resource allocation",
        2 => "handover notification",
        3 => "path switch request",
        4 => "handover cancel",
        5 => "E-RAB setup",
        6 => "E-RAB modify",
        7 => "E-RAB release",
        9 => "initial context setup",
        10 => "paging",
        11 => "downlink NAS transport",
        12 => "initial UE message",
        13 => "uplink NAS transport",
        14 => "reset",
        15 => "error indication",
        17 => "S1 setup",
        18 => "UE context release request",
        21 => "UE context modification",
        22 => "UE capability information",
        23 => "UE context release",
        29 => "eNB configuration update",
        30 => "MME configuration update",
        _ => null,
    };

    private static string? X2apProcedure(long code) => code switch
    {
        0 => "handover preparation",
        1 => "handover cancel",
        2 => "load indication",
        3 => "error indication",
        4 => "SN status transfer",
        5 => "UE context release",
        6 => "X2 setup",
        7 => "reset",
        8 => "eNB configuration update",
        9 => "resource status reporting",
        _ => null,
    };
}
