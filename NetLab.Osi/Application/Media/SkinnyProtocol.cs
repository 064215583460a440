using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Media;

/// <summary>Skinny Client Control Protocol: how Cisco's telephones talk to their call manager. Messages in little-endian order behind a length.</summary>
internal static class SkinnyProtocol
{
    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "skinny", OsiLayer.Application, "Skinny Client Control Protocol", Fields.All, Frame, Dissect, Describe);

    private const int HeaderSize = 12;
    private const int MaxLength = 16 << 10;
    private const int OpenReceiveChannelAck = 0x22;
    private const int StartMediaTransmission = 0x8A;

    private static class Fields
    {
        public static readonly Field Length = Field.Number("length", "skinny.data_length", at: 0, size: 4, littleEndian: true, about: "Bytes of the message and its number");
        public static readonly Field Version = Field.Number("version", "skinny.hdr_version", at: 4, size: 4, littleEndian: true, about: "Version of the header");
        public static readonly Field Message = Field.Number("message", "skinny.messageId", at: 8, size: 4, littleEndian: true, names: static v => NameOf((int)v), about: "Message", summary: true);
        public static readonly Field Line = Field.Number("line", "skinny.lineInstance", about: "Line", width: 4);
        public static readonly Field Call = Field.Number("call", "skinny.callReference", about: "Call", width: 4);
        public static readonly Field Conference = Field.Number("conference", "skinny.conferenceId", about: "Conference", width: 4);
        public static readonly Field Party = Field.Number("party", "skinny.passThroughPartyId", about: "Party", width: 4);
        public static readonly Field Family = Field.Number(null, "skinny.ipv4or6", about: "Kind of the address", width: 4);

        public static readonly Field[] All = [Length, Version, Message, Line, Call, Conference, Party, Family];
    }

    // Where the numbers of a message stand behind its number; -1 where it has none. Since version 17 addresses are longer.
    private readonly record struct Layout(int Line, int Call, int Conference, int Party, int Family = -1);

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return length is >= 4 and <= MaxLength && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) <= 0x20 ? (int)length + 8 : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < HeaderSize)
        {
            dissection.Cut(Value, "Skinny header", offset, HeaderSize, end);
            return true;
        }

        dissection.Add(Value, offset, end - offset, end);
        Announce(dissection, dissection.Bytes[offset..end]);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> message = view.BytesOf(index);
        int at = view[index].Offset;
        if (message.Length < HeaderSize)
        {
            return;
        }

        bool isNew = BinaryPrimitives.ReadUInt32LittleEndian(message[4..]) >= 17;
        Layout layout = LayoutOf((int)BinaryPrimitives.ReadUInt32LittleEndian(message[8..]), isNew);
        Report(Fields.Conference, layout.Conference, message, at, sink);
        Report(Fields.Party, layout.Party, message, at, sink);
        Report(Fields.Family, layout.Family, message, at, sink);
        Report(Fields.Line, layout.Line, message, at, sink);
        Report(Fields.Call, layout.Call, message, at, sink);
    }

    private static void Report(Field field, int place, ReadOnlySpan<byte> message, int at, IFieldSink sink)
    {
        int start = HeaderSize + place;
        if (place >= 0 && start + 4 <= message.Length)
        {
            sink.Number(field, BinaryPrimitives.ReadUInt32LittleEndian(message[start..]), at + start, 4);
        }
    }

    private static Layout LayoutOf(int message, bool isNew) => message switch
    {
        0x0003 => new(4, 8, -1, -1),
        0x0006 or 0x0007 or 0x0083 or 0x0110 or 0x0113 or 0x014A => new(0, 4, -1, -1),
        0x0022 => new(-1, isNew ? 32 : 16, -1, isNew ? 28 : 12, isNew ? 4 : -1),
        0x0023 or 0x0107 => new(-1, isNew ? 28 : 24, -1, -1),
        0x0026 or 0x0111 or 0x0145 => new(4, 8, -1, -1),
        0x0082 or 0x0085 => new(8, 12, -1, -1),
        0x008A => new(-1, isNew ? 56 : 40, 0, 4, isNew ? 8 : -1),
        0x008B or 0x0106 => new(-1, 8, 0, 4),
        0x008F => new(128, 132, -1, -1),
        0x0105 => new(-1, 24, 0, 4, isNew ? 100 : -1),
        0x0112 => new(36, 40, -1, -1),
        0x0116 => new(0, -1, -1, -1),
        0x011D => new(isNew ? 25 : 24, isNew ? 29 : 28, -1, -1),
        0x0154 => new(-1, 8, 0, 4, isNew ? 12 : -1),
        _ => new(-1, -1, -1, -1),
    };

    // A telephone says where it takes media; the call manager tells the other one.
    private static void Announce(in Dissection dissection, ReadOnlySpan<byte> message)
    {
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(message[4..]);
        int place = (BinaryPrimitives.ReadUInt32LittleEndian(message[8..]), version >= 17) switch
        {
            (OpenReceiveChannelAck, false) => 4,
            (OpenReceiveChannelAck, true) => 8,
            (StartMediaTransmission, false) => 8,
            (StartMediaTransmission, true) => 12,
            _ => -1,
        };
        int portAt = HeaderSize + place + (version >= 17 ? 16 : 4);
        if (place >= 0 && portAt + 4 <= message.Length && BinaryPrimitives.ReadUInt32LittleEndian(message[portAt..]) is > 0 and < 65535 and var port)
        {
            var address = new System.Net.IPAddress(message.Slice(HeaderSize + place, 4));
            dissection.Expect(RtpProtocol.Value, address, (int)port);
            dissection.Expect(RtcpProtocol.Value, address, (int)port + 1, isImplied: true);
        }
    }

    private static string? NameOf(int message) => message switch
    {
        0x0000 => "keep alive",
        0x0001 => "register",
        0x0002 => "IP port",
        0x0003 => "keypad button",
        0x0005 => "stimulus",
        0x0006 => "off hook",
        0x0007 => "on hook",
        0x0008 => "hook flash",
        0x000A => "speed dial request",
        0x000B => "line request",
        0x0010 => "capabilities",
        0x0022 => "open receive channel acknowledgment",
        0x0023 => "connection statistics",
        0x0025 => "soft key set request",
        0x0026 => "soft key event",
        0x0027 => "unregister",
        0x0081 => "register acknowledgment",
        0x0082 => "start tone",
        0x0083 => "stop tone",
        0x0085 => "set ringer",
        0x0086 => "set lamp",
        0x0088 => "set speaker mode",
        0x008A => "start media transmission",
        0x008B => "stop media transmission",
        0x008F => "call information",
        0x0094 => "define time and date",
        0x0100 => "keep alive acknowledgment",
        0x0105 => "open receive channel",
        0x0106 => "close receive channel",
        0x0107 => "connection statistics request",
        0x0110 => "select soft keys",
        0x0111 => "call state",
        0x0112 => "display prompt",
        0x0113 => "clear prompt",
        0x0114 => "display notify",
        0x0116 => "activate call plane",
        0x0117 => "deactivate call plane",
        0x011D => "dialed number",
        _ => null,
    };
}
