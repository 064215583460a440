using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Application;

/// <summary>TFTP (RFC 1350).</summary>
internal static class TftpProtocol
{
    public static readonly Protocol Value = new("tftp", OsiLayer.Application, "Trivial File Transfer Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Opcode = Field.Number("opcode", "tftp.opcode", summary: true, names: static v => (int)v switch
        {
            ReadRequest => "read request",
            WriteRequest => "write request",
            3 => "data",
            4 => "acknowledgment",
            5 => "error",
            6 => "option acknowledgment",
            _ => null,
        }, width: 2);
        public static readonly Field File = Field.Text("file", about: "Name of the file", summary: true);
        public static readonly Field Source = Field.Text(null, "tftp.source_file", about: "Name of the file that is read");
        public static readonly Field Destination = Field.Text(null, "tftp.destination_file", about: "Name of the file that is written");
        public static readonly Field Mode = Field.Text(null, "tftp.type", about: "Transfer mode");
        public static readonly Field Block = Field.Number("block", "tftp.block", width: 2);

        public static readonly Field[] All = [Opcode, File, Block, Source, Destination, Mode];
    }

    public const int Port = 69;

    private const int ReadRequest = 1;
    private const int WriteRequest = 2;
    private const int Data = 3;
    private const int OptionAcknowledgment = 6;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 2)
        {
            dissection.TooShort(OsiLayer.Application, "TFTP opcode", offset, 2, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return true;
        }

        if (dissection.Conversation is not null && UdpEnds.Of(dissection) is { } ends && ends.DestinationPort == Port)
        {
            // RFC 1350, 4: the answers come from another port, to the one that asked.
            dissection.Recall(UdpFlows.Slot).Expect(ends.Source, ends.SourcePort, Value);
        }

        dissection.Add(Value, offset, end - offset, end);
        if (dissection.Conversation is not null && dissection.Recall(ObjectListener.Slot).Found is { } found && UdpEnds.Of(dissection) is { } between)
        {
            Collect(dissection, offset, end, between, found);
        }

        return true;
    }

    private static void Collect(in Dissection dissection, int offset, int end, in UdpEnds ends, Action<CarriedObject> found)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        TftpTransfers transfers = dissection.Recall(TftpTransfers.Slot);
        int opcode = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (opcode is ReadRequest or WriteRequest)
        {
            transfers.Begin(ends.Source, ends.SourcePort, AsciiText.First(bytes[2..], [0]), opcode == ReadRequest);
        }
        else if (opcode == OptionAcknowledgment)
        {
            transfers.Accept(ends, bytes[2..]);
        }
        else if (opcode == Data && bytes.Length >= 4 && dissection.WireEnd <= end
            && transfers.Add(ends, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), bytes[4..], dissection.Result.Number, dissection.Conversation!.Number) is { } file)
        {
            found(file);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int opcode = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        sink.Number(Fields.Opcode, opcode, at, 2);
        if (opcode is ReadRequest or WriteRequest)
        {
            ReadOnlySpan<byte> file = AsciiText.First(bytes[2..], [0]);
            sink.Text(Fields.File, file, at + 2, file.Length);
            if (file.Length + 2 < bytes.Length)
            {
                // Without its end a name is none to filters and columns.
                sink.Text(opcode == ReadRequest ? Fields.Source : Fields.Destination, file, at + 2, file.Length);
            }

            ReadOnlySpan<byte> mode = AsciiText.First(bytes[Math.Min(bytes.Length, file.Length + 3)..], [0]);
            sink.Text(Fields.Mode, mode, at + 3 + file.Length, mode.Length);
        }
        else if (opcode is 3 or 4 && bytes.Length >= 4)
        {
            sink.Number(Fields.Block, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        }
    }
}
