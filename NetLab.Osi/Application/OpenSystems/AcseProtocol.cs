using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.OpenSystems;

/// <summary>The association control service (ISO 8650-1, ITU-T X.227): associations opened, answered, released.</summary>
internal static class AcseProtocol
{
    private const int Request = 0x60;
    private const int Response = 0x61;
    private const int Abort = 0x64;
    private const int ResultTag = 0xA2;
    private const int UserInformation = 0xBE;
    private const int External = 0x28;
    private const int SingleType = 0xA0;

    public static readonly Protocol Value = new("acse", OsiLayer.Application, "ISO 8650-1 association control", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Kind = Field.Number("kind", about: "Kind of APDU", summary: true, names: static v => (int)v switch
        {
            0 => "AARQ, association request",
            1 => "AARE, association response",
            2 => "RLRQ, release request",
            3 => "RLRE, release response",
            4 => "ABRT, abort",
            _ => null,
        });
        public static readonly Field Result = Field.Number("result", "acse.result", about: "Whether the association was accepted", names: static v => (int)v switch
        {
            0 => "accepted",
            1 => "rejected for good",
            2 => "rejected for now",
            _ => null,
        }, width: 4);
        public static readonly Field Reference = Field.Number("context", "acse.indirect_reference", about: "Presentation context of what it carries", width: 4);

        public static readonly Field[] All = [Kind, Result, Reference];
    }

    /// <summary>Takes a value apart.</summary>
    /// <returns>False when it is no APDU of association control.</returns>
    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        var reader = new BerReader(dissection.Bytes[offset..end], offset);
        if (!reader.Next() || reader.Tag is < Request or > Abort)
        {
            return false;
        }

        if (dissection.Add(Value, offset, end - offset, end) && TryFindInformation(reader, out BerReader information, out BerReader reference))
        {
            (int at, int length) = (information.At, information.Value.Length);
            Dissection inside = dissection.Until(at + length);
            bool isMms = dissection.Conversation?.State<OsiAssociation>(null)?.IsMms((int)reference.Number) == true;
            if (!isMms || !MmsProtocol.Dissect(inside, at, at + length))
            {
                inside.Data(OsiLayer.Application, at, at + length);
            }
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new BerReader(view.BytesOf(index), view[index].Offset);
        if (!reader.Next())
        {
            return;
        }

        sink.Number(Fields.Kind, reader.TagNumber, view[index].Offset, 1);
        BerReader members = reader.Inside;
        if (reader.Tag == Response && members.Find(ResultTag))
        {
            BerReader result = members.Inside;
            if (result.Next(BerReader.Integer))
            {
                result.Report(sink, Fields.Result);
            }
        }

        if (TryFindInformation(reader, out _, out BerReader reference))
        {
            reference.Report(sink, Fields.Reference);
        }
    }

    // user-information: EXTERNALs with the context and a value.
    private static bool TryFindInformation(BerReader apdu, out BerReader information, out BerReader reference)
    {
        information = reference = default;
        BerReader members = apdu.Inside;
        if (!members.Find(UserInformation))
        {
            return false;
        }

        BerReader external = members.Inside;
        if (!external.Next(External))
        {
            return false;
        }

        information = external.Inside;
        information.Next(BerReader.ObjectIdentifier);
        if (!information.Next(BerReader.Integer))
        {
            return false;
        }

        reference = information;
        return information.Next(SingleType);
    }
}
