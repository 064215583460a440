using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Industry;

/// <summary>EtherNet/IP (CIP volume 2, chapter 2): the encapsulation header, and items of the Common Packet Format.</summary>
internal static class EthernetIpProtocol
{
    private const int HeaderSize = 24;
    private const int ListIdentity = 0x63;
    private const int SendRrData = 0x6F;
    private const int SendUnitData = 0x70;
    private const int ConnectedData = 0xB1;
    private const int UnconnectedData = 0xB2;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "enip", OsiLayer.Session, "EtherNet/IP", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Command = Field.Number("command", "enip.command", about: "Command", summary: true, names: static v => (int)v switch
        {
            0 => "NOP",
            4 => "ListServices",
            ListIdentity => "ListIdentity",
            0x64 => "ListInterfaces",
            0x65 => "RegisterSession",
            0x66 => "UnRegisterSession",
            SendRrData => "SendRRData",
            SendUnitData => "SendUnitData",
            _ => null,
        }, width: 2);
        public static readonly Field Length = Field.Number("length", "enip.length", about: "Bytes behind the header", width: 2);
        public static readonly Field Session = Field.Number("session", "enip.session", about: "Session", width: 4);
        public static readonly Field Status = Field.Number("status", "enip.status", about: "Status", width: 4);
        public static readonly Field Delay = Field.Number("max_delay", "enip.listid_delay", about: "Longest delay of an answer, in milliseconds", width: 2);
        public static readonly Field Context = Field.Bytes("context", "enip.context", about: "Sender's context", mark: true);
        public static readonly Field Options = Field.Number("options", "enip.options", about: "Options", width: 4);
        public static readonly Field Timeout = Field.Number("timeout", "enip.timeout", about: "Seconds until the request is given up", width: 2);
        public static readonly Field Items = Field.Group("items", "Items");
        public static readonly Field ItemCount = Field.Number("item_count", "enip.cpf.itemcount", about: "Items", width: 2);
        public static readonly Field ItemType = Field.Number("type", "enip.cpf.typeid", about: "Type of an item", width: 2);
        public static readonly Field ItemLength = Field.Number("length", "enip.cpf.length", about: "Bytes of an item", width: 2);

        public static readonly Field[] All =
        [
            Command, Length, Session, Status, Delay, Context, Options, Timeout, Items, ItemCount, ItemType, ItemLength,
        ];
    }

    /// <summary>Whether bytes begin with a header: a command that does something and a status that are defined, the length of what came, and no options, of which none are defined.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize && bytes[0] != 0 && Frame(bytes, true) == bytes.Length && BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) <= 0xFFFF
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]) == 0;

    private static bool IsCommand(int command) => command is 0 or 1 or 4 or 5 or >= ListIdentity and <= 0x66 or >= SendRrData and <= 0x73 or 0xC8;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < 4)
        {
            return 0;
        }

        return IsCommand(BinaryPrimitives.ReadUInt16LittleEndian(bytes)) ? HeaderSize + BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]) : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < 4 || !IsCommand(BinaryPrimitives.ReadUInt16LittleEndian(bytes)))
        {
            return false;
        }

        if (bytes.Length < HeaderSize)
        {
            dissection.Cut(Value, "EtherNet/IP header", offset, HeaderSize, end);
            return true;
        }

        int length = HeaderSize + BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        int messageEnd = Math.Min(end, offset + length);
        Dissection inside = dissection.Until(offset + length);
        if (!inside.Add(Value, offset, messageEnd - offset, messageEnd, RoleFacts.Of(dissection)))
        {
            return true;
        }

        int command = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if (command is SendRrData or SendUnitData)
        {
            DissectItems(inside, new ByteReader(dissection.Bytes[(offset + HeaderSize)..messageEnd], offset + HeaderSize, littleEndian: true));
        }

        if (offset + length > end)
        {
            inside.TooShort(OsiLayer.Session, "EtherNet/IP length", offset, length, end);
        }

        return true;
    }

    // Interface handle and timeout, then the items.
    private static void DissectItems(in Dissection dissection, ByteReader reader)
    {
        reader.Skip(6);
        for (long count = reader.Read(2); count > 0 && reader.Left >= 4; count--)
        {
            long type = reader.Read(2);
            long length = reader.Read(2);
            int at = reader.At;
            ByteReader item = reader.Inner(length);
            if (type == ConnectedData)
            {
                // Behind a sequence count of two bytes.
                CipProtocol.Dissect(dissection, at + 2, at + item.All.Length);
            }
            else if (type == UnconnectedData)
            {
                CipProtocol.Dissect(dissection, at, at + item.All.Length);
            }
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true);
        int command = (int)reader.Report(sink, Fields.Command, 2);
        long length = reader.Report(sink, Fields.Length, 2);
        reader.Report(sink, Fields.Session, 4);
        reader.Report(sink, Fields.Status, 4);
        bool isDelayed = command == ListIdentity && view[index].Detail == RoleFacts.OfRequest;
        if (isDelayed)
        {
            reader.Report(sink, Fields.Delay, 2);
        }

        reader.Report(sink, Fields.Context, isDelayed ? 6 : 8);
        reader.Report(sink, Fields.Options, 4);
        if (command is SendRrData or SendUnitData)
        {
            reader.Skip(4);
            reader.Report(sink, Fields.Timeout, 2);
        }
        else if (command is not (4 or ListIdentity or 0x64))
        {
            return;
        }

        if (length == 0 || reader.Left < 2)
        {
            return;
        }

        long count = reader.Report(sink, Fields.ItemCount, 2);
        sink.BeginList(Fields.Items);
        for (; count > 0 && reader.Left >= 4; count--)
        {
            sink.BeginItem();
            reader.Report(sink, Fields.ItemType, 2);
            reader.Skip(reader.Report(sink, Fields.ItemLength, 2));
            sink.EndItem();
        }

        sink.EndList();
    }
}
