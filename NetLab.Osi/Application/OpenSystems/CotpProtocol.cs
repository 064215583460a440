using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.OpenSystems;

/// <summary>The ISO connection-oriented transport protocol (ISO 8073, ITU-T X.224), class 0: connections, and data in several TPDUs.</summary>
internal static class CotpProtocol
{
    private const int ConnectionRequest = 0xE;
    private const int ConnectionConfirm = 0xD;
    private const int DisconnectRequest = 0x8;
    private const int DisconnectConfirm = 0xC;
    private const int ErrorReport = 0x7;
    private const int Data = 0xF;
    private const int EndOfUnit = 0x80;

    // Length, kind, both references and the class: parameters follow.
    private const int ConnectionSize = 7;

    // What is put together of one unit of data; a longer one is shown by its beginning.
    private const int MaxUnit = 64 << 10;

    public static readonly Protocol Value = new("cotp", OsiLayer.Transport, "ISO 8073 transport", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Length = Field.Number("length", "cotp.li", about: "Bytes of header that follow", needsStreams: true, width: 1);
        public static readonly Field Type = Field.Number("type", "cotp.type", about: "Kind of TPDU", needsStreams: true, summary: true, names: static v => (int)v switch
        {
            ConnectionRequest => "CR, connection request",
            ConnectionConfirm => "CC, connection confirm",
            DisconnectRequest => "DR, disconnect request",
            DisconnectConfirm => "DC, disconnect confirm",
            ErrorReport => "ER, error",
            Data => "DT, data",
            _ => null,
        }, width: 1);
        public static readonly Field Destination = Field.Number("destination_reference", "cotp.destref", about: "Destination reference", needsStreams: true, width: 2);
        public static readonly Field Source = Field.Number("source_reference", "cotp.srcref", about: "Source reference", needsStreams: true, width: 2);
        public static readonly Field Number = Field.Number("number", "cotp.tpdu-number", mask: 0x7F, about: "Number of the TPDU", needsStreams: true, width: 1);
        public static readonly Field End = Field.Flag("end", "cotp.eot", mask: EndOfUnit, about: "Last TPDU of a unit of data", needsStreams: true);

        public static readonly Field[] All = [Length, Type, Destination, Source, Number, End];
    }

    /// <summary>Whether bytes begin with the header of a TPDU of class 0.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= 3 && (bytes[1] >> 4) switch
    {
        Data => bytes[0] == 2 && bytes[1] == 0xF0 && bytes[2] is 0 or EndOfUnit,
        ConnectionRequest or ConnectionConfirm => bytes[0] >= 6 && (bytes[1] & 0x0F) == 0 && (bytes.Length < 7 || (bytes[6] & 0xF0) is 0 or 0x20),
        _ => false,
    };

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int type = bytes.Length > 1 ? bytes[1] >> 4 : 0;
        int length = bytes.Length > 0 ? bytes[0] + 1 : 0;
        bool isKnown = type is ConnectionRequest or ConnectionConfirm or DisconnectRequest or DisconnectConfirm or ErrorReport or Data;
        if (!isKnown || length < 3 || length > bytes.Length)
        {
            return false;
        }

        bool carries = type == Data;
        if (!dissection.Add(Value, offset, carries ? length : bytes.Length, end))
        {
            return true;
        }

        if (!carries)
        {
            // A remote desktop has its own words where the parameters of a connection would stand.
            if (type is ConnectionRequest or ConnectionConfirm && length > ConnectionSize)
            {
                RdpNegotiation.Value.Dissect(dissection.Until(offset + length), offset + ConnectionSize, offset + length);
            }

            return true;
        }

        OsiAssociation? pending = dissection.Conversation?.State(static () => new OsiAssociation());
        bool fromClient = dissection.Conversation?.IsFromClient ?? true;
        bool isLast = (bytes[2] & EndOfUnit) != 0;
        byte[] before = pending is null ? [] : fromClient ? pending.Client : pending.Server;
        ReadOnlySpan<byte> unit = bytes[length..];
        if (!isLast)
        {
            bool fits = before.Length + unit.Length <= MaxUnit;
            pending?.Keep(fromClient, fits ? [.. before, .. unit] : before);
            dissection.Data(OsiLayer.Application, offset + length, end);
        }
        else if (before.Length == 0)
        {
            DissectUnit(dissection, offset + length, end);
        }
        else
        {
            pending?.Keep(fromClient, []);
            byte[] whole = [.. before, .. unit];
            DissectUnit(dissection.Into(whole), 0, whole.Length);
        }

        return true;
    }

    private static void DissectUnit(in Dissection dissection, int offset, int end)
    {
        if (offset < end && !S7Protocol.Dissect(dissection, offset, end) && !OsiSessionProtocol.Dissect(dissection, offset, end))
        {
            dissection.Data(OsiLayer.Application, offset, end);
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        reader.Report(sink, Fields.Length, 1);
        int type = reader.Byte() >> 4;
        sink.Number(Fields.Type, type, reader.At - 1, 1);
        switch (type)
        {
            case Data:
                // Class 0 names no connection: the number and the end of the unit stand where others have it. Wireshark counts in its place.
                if (sink.WantsHidden)
                {
                    sink.Number(Fields.Destination, DataBefore(view, index), reader.At, 0);
                }

                reader.ReportHere(sink, Fields.Number, 1);
                reader.Report(sink, Fields.End, 1);
                break;
            case ErrorReport:
                reader.Report(sink, Fields.Destination, 2);
                break;
            default:
                reader.Report(sink, Fields.Destination, 2);
                reader.Report(sink, Fields.Source, 2);
                break;
        }
    }

    private static int DataBefore(in PacketView view, int index)
    {
        int count = 0;
        for (int i = 0; i < index; i++)
        {
            count += view[i].Protocol == Value ? 1 : 0;
        }

        return count;
    }
}
