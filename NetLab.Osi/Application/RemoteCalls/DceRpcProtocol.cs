using NetLab.Osi.Application.Security;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.RemoteCalls;

/// <summary>DCE/RPC (C706, chapter 12; [MS-RPCE], 2.2): connection-oriented on TCP and pipes, connectionless in datagrams.</summary>
internal static class DceRpcProtocol
{
    private const int HeaderSize = 16;
    private const int DatagramHeaderSize = 80;
    private const int TrailerSize = 8;
    private const int Request = 0;
    private const int Response = 2;
    private const int Fault = 3;
    private const int Bind = 11;
    private const int BindAck = 12;
    private const int AlterContext = 14;
    private const int LastType = 19;
    private const int Spnego = 9;
    private const int Ntlm = 10;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "dcerpc", OsiLayer.Session, "DCE/RPC", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "dcerpc.ver", about: "Version", width: 1);
        public static readonly Field Type = Field.Number("type", "dcerpc.pkt_type", about: "Kind of PDU", summary: true, names: static v => (int)v switch
        {
            Request => "request",
            1 => "ping",
            Response => "response",
            Fault => "fault",
            4 => "working",
            Bind => "bind",
            BindAck => "bind ack",
            13 => "bind nak",
            AlterContext => "alter context",
            15 => "alter context response",
            16 => "auth3",
            17 => "shutdown",
            18 => "cancel",
            19 => "orphaned",
            _ => null,
        }, width: 1);
        public static readonly Field Call = Field.Number("call", "dcerpc.cn_call_id", about: "Call", width: 4);
        public static readonly Field Context = Field.Number("context", "dcerpc.cn_ctx_id", about: "Context", width: 2);
        public static readonly Field Interface = Field.Text("interface", "dcerpc.cn_bind_to_uuid", about: "Interface that is bound", summary: true);
        public static readonly Field Operation = Field.Number("operation", "dcerpc.opnum", about: "Operation", summary: true, width: 2);

        public static readonly Field[] All = [Version, Type, Call, Context, Interface, Operation];
    }

    /// <summary>Whether bytes begin with a PDU of a connection.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= HeaderSize && Frame(bytes, true) > 0;

    /// <summary>Whether a datagram is a connectionless PDU.</summary>
    public static bool BeginsDatagram(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= DatagramHeaderSize && bytes[0] == 4 && bytes[1] <= 10 && (bytes[3] & 0xFC) == 0 && (bytes[4] & 0xEE) == 0 && bytes[5] <= 3
        && (bytes[4] == 0x10 ? bytes[74] | (bytes[75] << 8) : (bytes[74] << 8) | bytes[75]) <= bytes.Length - DatagramHeaderSize;

    /// <summary>Takes apart what a message of a pipe brings: PDUs, one after another.</summary>
    /// <param name="dissection">The packet.</param>
    /// <param name="calls">What the pipes' calls have said so far.</param>
    /// <param name="pipe">Which pipe.</param>
    /// <param name="fromClient">Whether the client wrote it.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    public static void DissectPipe(in Dissection dissection, DceRpcCalls calls, Guid pipe, bool fromClient, int offset, int end)
    {
        while (end - offset >= HeaderSize && Frame(dissection.Bytes[offset..end], fromClient) is > 0 and var length)
        {
            DissectPdu(dissection, calls, pipe, offset, Math.Min(end, offset + length));
            offset += length;
        }
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] != 5 || (bytes.Length > 1 && bytes[1] > 1) || (bytes.Length > 2 && bytes[2] > LastType))
        {
            return StreamParser.NotMine;
        }

        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        // C706, 14.1: integers little-endian or not, characters in ASCII or EBCDIC, one of four formats of floating-point.
        bool isFormat = (bytes[4] & 0xEE) == 0 && bytes[5] <= 3;
        int length = Read16(bytes, 8);
        return isFormat && length >= HeaderSize ? length : StreamParser.NotMine;
    }

    private static int Read16(ReadOnlySpan<byte> bytes, int at) => (bytes[4] & 0x10) != 0 ? bytes[at] | (bytes[at + 1] << 8) : (bytes[at] << 8) | bytes[at + 1];

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (BeginsDatagram(bytes))
        {
            dissection.Add(Value, offset, bytes.Length, end);
            return true;
        }

        if (!Begins(bytes))
        {
            return false;
        }

        DissectPdu(dissection, dissection.Conversation?.State(static () => new DceRpcCalls()), default, offset, end);
        return true;
    }

    private static void DissectPdu(in Dissection dissection, DceRpcCalls? calls, Guid pipe, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        var reader = new ByteReader(bytes, offset, littleEndian: (bytes[4] & 0x10) != 0);
        reader.Skip(2);
        int type = reader.Byte();
        reader.Seek(10);
        int verifierLength = (int)reader.Read(2);
        uint call = (uint)reader.Read(4);
        DceRpcFacts? facts = null;
        switch (type)
        {
            case Request:
                reader.Skip(4);
                int context = (int)reader.Read(2);
                calls?.Call(pipe, call, context, (int)reader.Read(2));
                break;
            case Response when calls?.Operation(pipe, call) is { } operation:
                facts = new DceRpcFacts(operation);
                break;
            case Bind or AlterContext:
                reader.Skip(8);
                for (int count = reader.Byte(), i = 0; i < count; i++)
                {
                    reader.Skip(i == 0 ? 3 : 0);
                    calls?.Bind(pipe, (int)reader.Read(2));
                    int transfers = reader.Byte();
                    reader.Skip(1 + 20 + (20L * transfers));
                }

                break;
            default:
                break;
        }

        int verifier = Read16(bytes, 8) - verifierLength;
        bool isAuthentication = type is >= Bind and <= 16 && verifierLength > 0 && verifier >= HeaderSize + TrailerSize && verifier + verifierLength <= bytes.Length;
        if (dissection.Add(Value, offset, bytes.Length, end, facts) && isAuthentication && bytes[verifier - TrailerSize] is Spnego or Ntlm)
        {
            GssApiProtocol.Dissect(dissection, offset + verifier, offset + verifier + verifierLength, noteOuter: false);
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        var reader = new ByteReader(bytes, view[index].Offset);
        int version = (int)reader.Report(sink, Fields.Version, 1);
        if (version == 4)
        {
            reader.Report(sink, Fields.Type, 1);
            reader.IsLittleEndian = (bytes[4] & 0x10) != 0;
            reader.Seek(68);
            reader.Report(sink, Fields.Operation, 2);
            return;
        }

        reader.Skip(1);
        int type = (int)reader.Report(sink, Fields.Type, 1);
        reader.IsLittleEndian = bytes.Length > 4 && (bytes[4] & 0x10) != 0;
        reader.Seek(12);
        reader.Report(sink, Fields.Call, 4);
        switch (type)
        {
            case Request:
                reader.Skip(4);
                reader.Report(sink, Fields.Context, 2);
                reader.Report(sink, Fields.Operation, 2);
                break;
            case Response or Fault:
                reader.Skip(4);
                reader.Report(sink, Fields.Context, 2);
                if (view[index].Detail is DceRpcFacts facts)
                {
                    sink.Number(Fields.Operation, facts.Operation, reader.At, 0);
                }

                break;
            case Bind or AlterContext:
                reader.Skip(8);
                int count = reader.Byte();
                reader.Skip(3);
                for (int i = 0; i < count && reader.Left >= 24; i++)
                {
                    reader.Report(sink, Fields.Context, 2);
                    int transfers = reader.Byte();
                    reader.Skip(1);
                    sink.Text(Fields.Interface, new Guid(reader.Rest[..16], bigEndian: !reader.IsLittleEndian).ToString(), reader.At, 16);
                    reader.Skip(20 + (20L * transfers));
                }

                break;
            default:
                break;
        }
    }

    private sealed class DceRpcFacts(int operation) : LayerFacts
    {
        public int Operation { get; } = operation;
    }
}
