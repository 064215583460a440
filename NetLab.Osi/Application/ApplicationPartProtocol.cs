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

    public static readonly Protocol Ngap = new ApplicationPartProtocol("NGAP").Make("ngap", "NG Application Protocol", MobileProcedures.NgapName, 3);

    public static readonly Protocol S1ap = new ApplicationPartProtocol("S1AP").Make("s1ap", "S1 Application Protocol", MobileProcedures.S1apName, 3);

    public static readonly Protocol X2ap = new ApplicationPartProtocol("X2AP").Make("x2ap", "X2 Application Protocol", MobileProcedures.X2apName, 3);

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
}
