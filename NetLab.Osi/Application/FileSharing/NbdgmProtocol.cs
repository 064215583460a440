using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>The NetBIOS datagram service (RFC 1002, 4.4), which carries SMB.</summary>
internal static class NbdgmProtocol
{
    private const int FirstMessage = 0x10;
    private const int LastMessage = 0x12;
    private const int LastType = 0x16;
    private const int HeaderSize = 10;

    public static readonly Protocol Value = new("nbdgm", OsiLayer.Session, "NetBIOS Datagram Service", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "nbdgm.type", about: "Type", summary: true, names: static v => (int)v switch
        {
            0x10 => "direct unique datagram",
            0x11 => "direct group datagram",
            0x12 => "broadcast datagram",
            0x13 => "error",
            0x14 => "query request",
            0x15 => "positive query response",
            0x16 => "negative query response",
            _ => null,
        }, width: 1);
        public static readonly Field Flags = Field.Number(null, "nbdgm.flags", about: "Flags", width: 1);
        public static readonly Field More = Field.Flag("more_fragments", "nbdgm.next", mask: 0x01, about: "More fragments follow");
        public static readonly Field First = Field.Flag("first_fragment", "nbdgm.first", mask: 0x02, about: "The first fragment");
        public static readonly Field NodeType = Field.Number("node_type", "nbdgm.node_type", mask: 0x0C, about: "Kind of the source's node", width: 1);
        public static readonly Field Id = Field.Number("id", "nbdgm.dgram_id", about: "Number of the datagram", width: 2);
        public static readonly Field SourceAddress = Field.Ipv4("source_ip", "nbdgm.src.ip", about: "The source's address");
        public static readonly Field SourcePort = Field.Number("source_port", "nbdgm.src.port", about: "The source's port", width: 2);
        public static readonly Field Length = Field.Number("length", "nbdgm.dgram_len", about: "Bytes of names and data", width: 2);
        public static readonly Field Offset = Field.Number("offset", "nbdgm.pkt_offset", about: "Where a fragment stands", width: 2);
        public static readonly Field SourceName = Field.Text("source", "nbdgm.source_name", about: "Name of the source", summary: true);
        public static readonly Field DestinationName = Field.Text("destination", "nbdgm.destination_name", about: "Name of the destination", summary: true);

        public static readonly Field[] All =
        [
            Type, Flags, More, First, NodeType, Id, SourceAddress, SourcePort, Length, Offset, SourceName, DestinationName,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < HeaderSize || bytes[0] is < FirstMessage or > LastType)
        {
            return false;
        }

        var reader = new ByteReader(bytes, offset);
        bool isMessage = bytes[0] <= LastMessage;
        if (isMessage)
        {
            reader.Skip(HeaderSize + 4);
            SkipName(ref reader);
            SkipName(ref reader);
        }

        bool carries = isMessage && !reader.IsShort && reader.Left > 0;
        if (dissection.Add(Value, offset, carries ? reader.Position : bytes.Length, end) && carries && !SmbProtocol.Dissect(dissection, reader.At, end))
        {
            dissection.Data(OsiLayer.Application, reader.At, end);
        }

        return true;
    }

    private static void SkipName(ref ByteReader reader)
    {
        while (reader.Left > 0 && reader.Byte() is > 0 and var length)
        {
            reader.Skip(length);
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        int type = (int)reader.Report(sink, Fields.Type, 1);
        reader.ReportHere(sink, Fields.More, 1);
        reader.ReportHere(sink, Fields.First, 1);
        reader.ReportHere(sink, Fields.NodeType, 1);
        reader.Report(sink, Fields.Flags, 1);
        reader.Report(sink, Fields.Id, 2);
        reader.Report(sink, Fields.SourceAddress, 4);
        reader.Report(sink, Fields.SourcePort, 2);
        if (type <= LastMessage)
        {
            reader.Report(sink, Fields.Length, 2);
            reader.Report(sink, Fields.Offset, 2);
            ReportName(ref reader, Fields.SourceName, sink);
            ReportName(ref reader, Fields.DestinationName, sink);
        }
        else if (type >= 0x14)
        {
            ReportName(ref reader, Fields.DestinationName, sink);
        }
    }

    private static void ReportName(ref ByteReader reader, Field field, IFieldSink sink)
    {
        if (reader.Left > NetBiosName.EncodedLength && NetBiosName.Decode(reader.Rest[1..]) is { } name)
        {
            sink.Text(field, name, reader.At + 1, NetBiosName.EncodedLength);
        }

        SkipName(ref reader);
    }
}
