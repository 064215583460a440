using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>WireGuard (wireguard.com/protocol): handshake and transport messages; what they carry is encrypted.</summary>
internal static class WireGuardProtocol
{
    private const int Initiation = 1;
    private const int Response = 2;
    private const int Cookie = 3;
    private const int Transport = 4;
    private const int TransportHeader = 16;
    private const int MinTransport = 32;

    public static readonly Protocol Value = new("wg", OsiLayer.Transport, "WireGuard", Fields.All, Dissect, Describe) { Begins = Begins };

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "wg.type", at: 0, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            Initiation => "handshake initiation",
            Response => "handshake response",
            Cookie => "cookie reply",
            Transport => "transport data",
            _ => null,
        });
        public static readonly Field Sender = Field.Number("sender", "wg.sender", about: "The sender's number of the session", width: 4);
        public static readonly Field Receiver = Field.Number("receiver", "wg.receiver", about: "The receiver's number of the session", width: 4);
        public static readonly Field Counter = Field.Number("counter", "wg.counter", about: "Number of the packet");
        public static readonly Field Stream = Field.Number("stream", "wg.stream", about: "Number of the session in the capture, from 0", width: 4);

        public static readonly Field[] All = [Type, Sender, Receiver, Counter, Stream];
    }

    /// <summary>Whether bytes are a message: its type, three bytes of zero, and the length that the type has. Data may have any: a full packet is filled up only as far as the path takes it.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= MinTransport && bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0 && bytes[0] switch
    {
        Initiation => bytes.Length == 148,
        Response => bytes.Length == 92,
        Cookie => bytes.Length == 64,
        Transport => true,
        _ => false,
    };

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // The data of a full packet are filled up only as far as the path takes them, so that their length says less than where nothing else does.
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        bool isWhole = end == dissection.WireEnd;
        if (bytes.Length < TransportHeader || bytes[0] is 0 or > Transport || bytes[1] != 0 || bytes[2] != 0 || bytes[3] != 0
            || (isWhole && (bytes[0] == Transport ? bytes.Length < MinTransport : !Begins(bytes))))
        {
            return false;
        }

        if (isWhole && bytes[0] is Initiation or Response && dissection.Conversation is { } conversation)
        {
            conversation.Application ??= Value;
        }

        int length = bytes[0] == Transport ? TransportHeader : bytes.Length;
        dissection.Add(Value, offset, length, end, SessionOf(dissection, bytes));
        return true;
    }

    private static WireGuardSession? SessionOf(in Dissection dissection, ReadOnlySpan<byte> bytes)
    {
        if (dissection.IsQuoted || dissection.Conversation is null)
        {
            return null;
        }

        WireGuardSessions sessions = dissection.Recall(WireGuardSessions.Slot);
        int conversation = dissection.Conversation.Number;
        uint number = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        return bytes[0] switch
        {
            Initiation => sessions.Begin(conversation, number),
            Response => sessions.Answer(conversation, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), number),
            _ => sessions.Find(conversation, number),
        };
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        uint first = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (bytes[0] is Initiation or Response)
        {
            sink.Number(Fields.Sender, first, at + 4, 4);
            if (bytes[0] == Response)
            {
                sink.Number(Fields.Receiver, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), at + 8, 4);
            }
        }
        else
        {
            sink.Number(Fields.Receiver, first, at + 4, 4);
            if (bytes[0] == Transport)
            {
                sink.Number(Fields.Counter, (long)BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), at + 8, 8);
            }
        }

        if (view[index].Detail is WireGuardSession session)
        {
            sink.Number(Fields.Stream, session.Number, at, bytes.Length);
        }
    }
}
