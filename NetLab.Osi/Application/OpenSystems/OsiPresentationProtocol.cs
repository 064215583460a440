using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.OpenSystems;

/// <summary>The connection-oriented presentation protocol (ISO 8823-1, ITU-T X.226): contexts, and the values that they carry.</summary>
internal static class OsiPresentationProtocol
{
    private const int NormalModeParameters = 0xA2;
    private const int DefinitionList = 0xA4;
    private const int FullyEncodedData = 0x61;
    private const int SingleType = 0xA0;

    // As many values as an initiation and anything after it have, and more.
    private const int MaxValues = 16;

    public static readonly Protocol Value = new("pres", OsiLayer.Presentation, "ISO 8823-1 presentation", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Context = Field.Number(null, "pres.presentation_context_identifier", about: "Contexts of the values", width: 4);
        public static readonly Field Contexts = Field.Number("contexts", about: "Contexts of the values");

        public static readonly Field[] All = [Context, Contexts];
    }

    /// <summary>Takes what a session carries apart: a PPDU that connects, or values.</summary>
    /// <returns>False when it is none.</returns>
    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        var reader = new BerReader(dissection.Bytes[offset..end], offset);
        if (!TryFindData(ref reader))
        {
            return false;
        }

        if (!dissection.Add(Value, offset, end - offset, end))
        {
            return true;
        }

        OsiAssociation? association = dissection.Conversation?.State(static () => new OsiAssociation());
        Define(dissection.Bytes[offset..end], association);
        BerReader values = reader.Inside;
        for (int i = 0; i < MaxValues && TryNext(ref values, out int context, out int at, out int length); i++)
        {
            Dissection inside = dissection.Until(at + length);
            bool isKnown = (association?.IsControl(context) == true && AcseProtocol.Dissect(inside, at, at + length))
                || (association?.IsMms(context) == true && MmsProtocol.Dissect(inside, at, at + length));
            if (!isKnown)
            {
                inside.Data(OsiLayer.Application, at, at + length);
            }
        }

        return true;
    }

    // The definition list of CP: for each context its number, what it carries, and how that may be encoded.
    private static void Define(ReadOnlySpan<byte> bytes, OsiAssociation? association)
    {
        var reader = new BerReader(bytes, 0);
        if (association is null || !reader.Next(BerReader.Set) || reader.Inside is var members && !members.Find(NormalModeParameters))
        {
            return;
        }

        BerReader parameters = members.Inside;
        if (!parameters.Find(DefinitionList))
        {
            return;
        }

        BerReader definitions = parameters.Inside;
        while (definitions.Next(BerReader.Sequence))
        {
            BerReader definition = definitions.Inside;
            if (definition.Next(BerReader.Integer) && (int)definition.Number is var context && definition.Next(BerReader.ObjectIdentifier))
            {
                association.Define(context, definition.Value);
            }
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new BerReader(view.BytesOf(index)[..view[index].HeaderLength], view[index].Offset);
        if (!TryFindData(ref reader))
        {
            return;
        }

        List<int> contexts = [];
        BerReader values = reader.Inside;
        while (contexts.Count < MaxValues && TryNext(ref values, out int context, out int at, out _))
        {
            contexts.Add(context);
            sink.Number(Fields.Context, context, at, 0);
        }

        sink.Numbers(Fields.Contexts, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(contexts), view[index].Offset, view[index].HeaderLength);
    }

    // CP, CPA and CPR are sets whose normal-mode parameters end with the data; what comes after has the data alone.
    private static bool TryFindData(ref BerReader reader)
    {
        if (!reader.Next())
        {
            return false;
        }

        if (reader.Tag == FullyEncodedData)
        {
            return true;
        }

        if (reader.Tag is not (BerReader.Set or BerReader.Sequence))
        {
            return false;
        }

        BerReader members = reader.Inside;
        if (reader.Tag == BerReader.Set)
        {
            if (!members.Find(NormalModeParameters))
            {
                return false;
            }

            members = members.Inside;
        }

        reader = members;
        return reader.Find(FullyEncodedData);
    }

    // PDV-list: a transfer syntax or none, the context, and a value.
    private static bool TryNext(ref BerReader values, out int context, out int at, out int length)
    {
        (context, at, length) = (0, 0, 0);
        if (!values.Next(BerReader.Sequence))
        {
            return false;
        }

        BerReader members = values.Inside;
        members.Next(BerReader.ObjectIdentifier);
        if (!members.Next(BerReader.Integer))
        {
            return false;
        }

        context = (int)members.Number;
        if (!members.Next(SingleType))
        {
            return false;
        }

        (at, length) = (members.At, members.Value.Length);
        return true;
    }
}
