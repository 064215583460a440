using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Industry;

/// <summary>OPC UA's binary protocol on TCP (OPC 10000-6, 6.7 and 7.1): chunks, their security header, and the type of the message.</summary>
internal static class OpcUaProtocol
{
    private const int HeaderSize = 8;

    // More than any buffer that a HEL message offers.
    private const int MaxSize = 1 << 24;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "opcua", OsiLayer.Application, "OPC Unified Architecture", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Type = Field.Text("type", "opcua.transport.type", about: "Type of the message", summary: true);
        public static readonly Field Chunk = Field.Text("chunk", "opcua.transport.chunk", about: "F: the last chunk, C: another follows, A: given up");
        public static readonly Field Size = Field.Number("size", "opcua.transport.size", about: "Bytes with this header", width: 4);
        public static readonly Field Channel = Field.Number("channel", "opcua.transport.scid", about: "Secure channel", width: 4);
        public static readonly Field Endpoint = Field.Text("endpoint", "opcua.transport.endpoint", about: "Endpoint", summary: true);
        public static readonly Field Policy = Field.Text("policy", "opcua.security.spu", about: "Security policy");
        public static readonly Field Token = Field.Number("token", "opcua.security.tokenid", about: "Security token", width: 4);
        public static readonly Field Sequence = Field.Number("sequence", "opcua.security.seq", about: "Sequence number", width: 4);
        public static readonly Field Request = Field.Number("request", "opcua.security.rqid", about: "Number of the request", width: 4);
        public static readonly Field Encoding = Field.Number(null, "opcua.servicenodeid.encodingmask", about: "Encoding of the message's type", width: 1);
        public static readonly Field Namespace = Field.Number(null, "opcua.servicenodeid.nsid", about: "Namespace of the message's type", width: 1);
        public static readonly Field Service = Field.Number("service", "opcua.servicenodeid.numeric", about: "The message's type", summary: true, names: static v => ServiceName((int)v), width: 4);

        public static readonly Field[] All = [Type, Chunk, Size, Channel, Endpoint, Policy, Token, Sequence, Request, Encoding, Namespace, Service];
    }

    /// <summary>Whether bytes begin with the header of a chunk.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= HeaderSize && Frame(bytes, true) > 0;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < HeaderSize)
        {
            return bytes[0] is (byte)'H' or (byte)'A' or (byte)'E' or (byte)'O' or (byte)'M' or (byte)'C' or (byte)'R' ? 0 : StreamParser.NotMine;
        }

        ReadOnlySpan<byte> type = bytes[..3];
        bool isHandshake = type.SequenceEqual("HEL"u8) || type.SequenceEqual("ACK"u8) || type.SequenceEqual("ERR"u8) || type.SequenceEqual("RHE"u8);
        bool isMessage = type.SequenceEqual("OPN"u8) || type.SequenceEqual("MSG"u8) || type.SequenceEqual("CLO"u8);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        bool isChunk = bytes[3] == 'F' || (isMessage && bytes[3] is (byte)'C' or (byte)'A');
        return (isHandshake || isMessage) && isChunk && size is >= HeaderSize and <= MaxSize ? (int)size : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // Behind the first chunk of several, a chunk has no type of its own.
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int size = Frame(bytes, true);
        if (size <= 0)
        {
            return false;
        }

        bool isContinued = false;
        if (bytes[0] == 'M' && dissection.Conversation?.State(static () => new Chunks()) is { } chunks)
        {
            bool fromClient = dissection.Conversation.IsFromClient;
            isContinued = fromClient ? chunks.Client : chunks.Server;
            bool more = bytes[3] == 'C';
            _ = fromClient ? chunks.Client = more : chunks.Server = more;
        }

        dissection.Add(Value, offset, Math.Min(size, bytes.Length), end, isContinued ? Continuation.Value : null);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true);
        ReadOnlySpan<byte> type = reader.Rest.Length < 3 ? default : reader.Rest[..3];
        reader.Report(sink, Fields.Type, 3);
        reader.Report(sink, Fields.Chunk, 1);
        reader.Report(sink, Fields.Size, 4);
        if (type.SequenceEqual("HEL"u8))
        {
            // Version, sizes of buffers and messages, chunks.
            reader.Skip(20);
            ReportString(ref reader, sink, Fields.Endpoint);
            return;
        }

        bool opens = type.SequenceEqual("OPN"u8);
        if (!opens && !type.SequenceEqual("MSG"u8) && !type.SequenceEqual("CLO"u8))
        {
            return;
        }

        reader.Report(sink, Fields.Channel, 4);
        if (opens)
        {
            ReportString(ref reader, sink, Fields.Policy);
            SkipString(ref reader);
            SkipString(ref reader);
        }
        else
        {
            reader.Report(sink, Fields.Token, 4);
        }

        reader.Report(sink, Fields.Sequence, 4);
        reader.Report(sink, Fields.Request, 4);
        if (view[index].Detail == Continuation.Value)
        {
            return;
        }

        // OPC 10000-6, 5.2.2.9: a node's identifier in two bytes, in four, or in seven.
        int encoding = (int)reader.Report(sink, Fields.Encoding, 1) & 0x3F;
        switch (encoding)
        {
            case 0:
                reader.Report(sink, Fields.Service, 1);
                break;
            case 1:
                reader.Report(sink, Fields.Namespace, 1);
                reader.Report(sink, Fields.Service, 2);
                break;
            case 2:
                reader.Report(sink, Fields.Namespace, 2);
                reader.Report(sink, Fields.Service, 4);
                break;
            default:
                break;
        }
    }

    private static void ReportString(ref ByteReader reader, IFieldSink sink, Field field)
    {
        int length = (int)reader.Read(4);
        if (length > 0)
        {
            reader.Report(sink, field, length);
        }
    }

    // A length of -1 stands for none.
    private static void SkipString(ref ByteReader reader) => reader.Skip(Math.Max(0, (int)reader.Read(4)));

    private static string? ServiceName(int service) => service switch
    {
        397 => "service fault",
        422 => "find servers request",
        425 => "find servers response",
        428 => "get endpoints request",
        431 => "get endpoints response",
        446 => "open secure channel request",
        449 => "open secure channel response",
        452 => "close secure channel request",
        461 => "create session request",
        464 => "create session response",
        467 => "activate session request",
        470 => "activate session response",
        473 => "close session request",
        476 => "close session response",
        527 => "browse request",
        530 => "browse response",
        554 => "translate browse paths request",
        557 => "translate browse paths response",
        631 => "read request",
        634 => "read response",
        673 => "write request",
        676 => "write response",
        712 => "call request",
        715 => "call response",
        751 => "create monitored items request",
        754 => "create monitored items response",
        787 => "create subscription request",
        790 => "create subscription response",
        826 => "publish request",
        829 => "publish response",
        847 => "delete subscriptions request",
        850 => "delete subscriptions response",
        _ => null,
    };

    /// <summary>Whether the chunk before was not the last of its message, in either direction.</summary>
    private sealed class Chunks
    {
        public bool Client { get; set; }

        public bool Server { get; set; }
    }

    private sealed class Continuation : LayerFacts
    {
        public static readonly Continuation Value = new();
    }
}
