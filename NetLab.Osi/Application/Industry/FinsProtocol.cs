using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Industry;

/// <summary>Omron's FINS (Omron W227 and W421), in datagrams and, behind a header of its own, on TCP.</summary>
internal static class FinsProtocol
{
    private const int HeaderSize = 12;
    private const int TcpHeaderSize = 16;
    private const int MaxLength = 4096;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "omron", OsiLayer.Application, "Omron FINS", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Magic = Field.Bytes(null, "omron.tcp.magic", about: "FINS");
        public static readonly Field TcpLength = Field.Number("length", "omron.tcp.length", about: "Bytes that follow", width: 4);
        public static readonly Field TcpCommand = Field.Number("tcp_command", "omron.tcp.command", about: "Command of the header on TCP", width: 4);
        public static readonly Field TcpError = Field.Number("tcp_error", "omron.tcp.error_code", about: "Error of the header on TCP", width: 4);
        public static readonly Field Control = Field.Number(null, "omron.icf", about: "Information control field", width: 1);
        public static readonly Field IsResponse = Field.Flag("response", "omron.icf.dtb", mask: 0x40, about: "Response");
        public static readonly Field Gateways = Field.Number(null, "omron.gct", about: "Gateways that are allowed", width: 1);
        public static readonly Field DestinationNetwork = Field.Number("destination_network", "omron.dna", about: "Destination network", width: 1);
        public static readonly Field DestinationNode = Field.Number("destination_node", "omron.da1", about: "Destination node", width: 1);
        public static readonly Field DestinationUnit = Field.Number("destination_unit", "omron.da2", about: "Destination unit", width: 1);
        public static readonly Field SourceNetwork = Field.Number("source_network", "omron.sna", about: "Source network", width: 1);
        public static readonly Field SourceNode = Field.Number("source_node", "omron.sa1", about: "Source node", width: 1);
        public static readonly Field SourceUnit = Field.Number("source_unit", "omron.sa2", about: "Source unit", width: 1);
        public static readonly Field Service = Field.Number("service", "omron.sid", about: "Number of the request", width: 1);
        public static readonly Field Command = Field.Number("command", "omron.command", about: "Command", summary: true, names: static v => (int)v switch
        {
            0x0101 => "memory area read",
            0x0102 => "memory area write",
            0x0103 => "memory area fill",
            0x0104 => "multiple memory area read",
            0x0401 => "run",
            0x0402 => "stop",
            0x0501 => "controller data read",
            0x0601 => "controller status read",
            0x0701 => "clock read",
            0x0702 => "clock write",
            _ => null,
        }, width: 2);
        public static readonly Field Response = Field.Number("response_code", "omron.response.code", about: "How the command ended", width: 2);

        public static readonly Field[] All =
        [
            Magic, TcpLength, TcpCommand, TcpError, Control, IsResponse, Gateways, DestinationNetwork, DestinationNode, DestinationUnit,
            SourceNetwork, SourceNode, SourceUnit, Service, Command, Response,
        ];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        int seen = Math.Min(4, bytes.Length);
        if (!bytes[..seen].SequenceEqual("FINS"u8[..seen]))
        {
            return StreamParser.NotMine;
        }

        if (bytes.Length < 8)
        {
            return 0;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        return length is >= 8 and <= MaxLength ? 8 + (int)length : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        bool isOnTcp = bytes.StartsWith("FINS"u8);

        // The lowest bits of the first byte and the second are always 0; of the six between, two have a meaning.
        if (!isOnTcp && (bytes.Length < HeaderSize || (bytes[0] & 0x3E) != 0 || bytes[1] != 0 || bytes[2] > 7))
        {
            return false;
        }

        dissection.Add(Value, offset, bytes.Length, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        if (reader.Rest.StartsWith("FINS"u8))
        {
            reader.Report(sink, Fields.Magic, 4);
            reader.Report(sink, Fields.TcpLength, 4);
            long command = reader.Report(sink, Fields.TcpCommand, 4);
            reader.Report(sink, Fields.TcpError, 4);
            if (command != 2 || reader.All.Length < TcpHeaderSize + HeaderSize)
            {
                return;
            }
        }

        reader.ReportHere(sink, Fields.IsResponse, 1);
        bool isResponse = (reader.Report(sink, Fields.Control, 1) & 0x40) != 0;
        reader.Skip(1);
        reader.Report(sink, Fields.Gateways, 1);
        reader.Report(sink, Fields.DestinationNetwork, 1);
        reader.Report(sink, Fields.DestinationNode, 1);
        reader.Report(sink, Fields.DestinationUnit, 1);
        reader.Report(sink, Fields.SourceNetwork, 1);
        reader.Report(sink, Fields.SourceNode, 1);
        reader.Report(sink, Fields.SourceUnit, 1);
        reader.Report(sink, Fields.Service, 1);
        reader.Report(sink, Fields.Command, 2);
        if (isResponse)
        {
            reader.Report(sink, Fields.Response, 2);
        }
    }
}
