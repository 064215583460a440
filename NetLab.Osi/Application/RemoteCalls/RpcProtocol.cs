using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.RemoteCalls;

/// <summary>ONC RPC (RFC 5531): calls and replies, in datagrams, and on TCP in records of fragments (section 11).</summary>
internal static class RpcProtocol
{
    private const int CallSize = 40;
    private const int ReplySize = 12;
    private const int MarkSize = 4;
    private const uint LastFragment = 0x80000000;
    private const int MaxFragment = 1 << 22;
    private const int MaxFragments = 64;
    private const int MaxAuthentication = 400;
    private const int Unix = 1;
    private const int PortMapper = 100000;
    private const int Nfs = 100003;
    private const int Mount = 100005;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "rpc", OsiLayer.Session, "ONC Remote Procedure Call", Fields.All, Frame, Dissect, Describe, begins: BeginsStream);

    private static class Fields
    {
        public static readonly Field Id = Field.Number("xid", "rpc.xid", about: "Number of the call", width: 4);
        public static readonly Field Type = Field.Number("type", "rpc.msgtyp", about: "Call or reply", summary: true, names: static v => v == 0 ? "call" : v == 1 ? "reply" : null, width: 4);
        public static readonly Field Version = Field.Number(null, "rpc.version", about: "Version of RPC", width: 4);
        public static readonly Field Program = Field.Number("program", "rpc.program", about: "Program", summary: true, names: static v => (int)v switch
        {
            PortMapper => "portmap",
            Nfs => "NFS",
            100004 => "ypserv",
            100005 => "mount",
            100021 => "NLM",
            100024 => "status",
            100227 => "NFS ACL",
            _ => null,
        }, width: 4);
        public static readonly Field ProgramVersion = Field.Number("program_version", "rpc.programversion", about: "Version of the program", width: 4);
        public static readonly Field Procedure = Field.Number("procedure", "rpc.procedure", about: "Procedure", summary: true, width: 4);
        public static readonly Field Flavor = Field.Number("flavor", "rpc.auth.flavor", about: "Kind of authentication", width: 4);
        public static readonly Field Length = Field.Number(null, "rpc.auth.length", about: "Bytes of authentication", width: 4);
        public static readonly Field Stamp = Field.Number(null, "rpc.auth.stamp", about: "Stamp of AUTH_SYS", width: 4);
        public static readonly Field ReplyState = Field.Number("reply_state", "rpc.replystat", about: "Whether the call was accepted", width: 4);
        public static readonly Field AcceptState = Field.Number("accept_state", "rpc.state_accept", about: "How an accepted call ended", width: 4);

        public static readonly Field[] All =
        [
            Id, Type, Version, Program, ProgramVersion, Procedure, Flavor, Length, Stamp, ReplyState, AcceptState,
        ];
    }

    /// <summary>Whether bytes begin with a call.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= CallSize && Read32(bytes, 4) == 0 && Read32(bytes, 8) == 2 && IsProgram(Read32(bytes, 12)) && Read32(bytes, 16) <= 10
        && Read32(bytes, 24) is <= 6 or (>= 390000 and < 400000) && Read32(bytes, 28) <= MaxAuthentication;

    /// <summary>Whether a stream begins with a call in a record, or with a reply in one.</summary>
    public static bool BeginsStream(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < MarkSize + ReplySize || (Read32(bytes, 0) & ~LastFragment) is < 20 or > MaxFragment)
        {
            return false;
        }

        ReadOnlySpan<byte> message = bytes[MarkSize..];
        return Begins(message) || (Read32(message, 4) == 1 && Read32(message, 8) <= 1 && message.Length >= 24 && Read32(message, 12) <= 6 && Read32(message, 16) <= MaxAuthentication);
    }

    // RFC 5531, 8.2 and IANA's registry: programs of Sun and of others who registered theirs.
    private static bool IsProgram(uint program) => program is >= 100000 and < 100300 or >= 150000 and < 150010 or >= 300000 and < 500000 or >= 0x20000000 and < 0x60000000;

    private static uint Read32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        int at = 0;
        for (int i = 0; i < MaxFragments; i++)
        {
            if (bytes.Length - at < MarkSize)
            {
                return 0;
            }

            uint mark = Read32(bytes, at);
            int length = (int)(mark & ~LastFragment);
            if (length is 0 or > MaxFragment)
            {
                return StreamParser.NotMine;
            }

            at += MarkSize + length;
            if ((mark & LastFragment) != 0)
            {
                return at;
            }

            if (at > bytes.Length)
            {
                return 0;
            }
        }

        return StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length >= MarkSize && (bytes[0] & 0x80) == 0 && Frame(bytes, true) == bytes.Length && !IsMessage(bytes))
        {
            // Several fragments: their bytes without the marks between them, behind one.
            byte[] record = Join(bytes);
            return DissectMessage(dissection.Into(record), MarkSize, record.Length);
        }

        bool isRecord = bytes.Length >= MarkSize && (bytes[0] & 0x80) != 0 && !IsMessage(bytes) && (Read32(bytes, 0) & ~LastFragment) >= bytes.Length - MarkSize;
        return DissectMessage(dissection, offset + (isRecord ? MarkSize : 0), end);
    }

    private static bool IsMessage(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= ReplySize && ((Read32(bytes, 4) == 0 && Read32(bytes, 8) == 2) || (Read32(bytes, 4) == 1 && Read32(bytes, 8) <= 1));

    private static byte[] Join(ReadOnlySpan<byte> bytes)
    {
        var joined = new List<byte>(bytes.Length) { 0, 0, 0, 0 };
        while (bytes.Length > MarkSize)
        {
            int length = (int)Math.Min(Read32(bytes, 0) & ~LastFragment, bytes.Length - MarkSize);
            joined.AddRange(bytes.Slice(MarkSize, length));
            bytes = bytes[(MarkSize + length)..];
        }

        return [.. joined];
    }

    private static bool DissectMessage(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (!IsMessage(bytes))
        {
            return false;
        }

        RpcCalls? calls = dissection.Conversation?.State(static () => new RpcCalls());
        uint id = Read32(bytes, 0);
        bool isReply = bytes[7] == 1;
        RpcFacts? facts = null;
        if (!isReply)
        {
            if (bytes.Length < CallSize)
            {
                dissection.Cut(Value, "RPC call", offset, CallSize, end);
                return true;
            }

            facts = new RpcFacts(false, Read32(bytes, 12), Read32(bytes, 16), Read32(bytes, 20));
            calls?.Ask(id, facts);
            if (dissection.Conversation is { } conversation)
            {
                // Its replies come from a port that says nothing.
                conversation.Application ??= Value;
            }

        }
        else if (calls?.Find(id) is { } call)
        {
            facts = new RpcFacts(true, call.Program, call.Version, call.Procedure);
        }
        else if (dissection.Conversation is not StreamConversation)
        {
            // Two words that look like those of a reply are no reply to anything; a stream that began as RPC goes on with it.
            return false;
        }

        int body = BodyOf(bytes, isReply);
        bool carries = facts is { Program: PortMapper or Nfs or Mount } && body >= 0;
        if (!dissection.Add(Value, offset, carries ? body : bytes.Length, end, facts) || !carries)
        {
            return true;
        }

        switch (facts!.Program)
        {
            case PortMapper:
                PortmapProtocol.Dissect(dissection, facts, offset + body, end);
                break;
            case Mount:
                MountProtocol.Dissect(dissection, facts, offset + body, end);
                break;
            default:
                NfsProtocol.Dissect(dissection, facts, offset + body, end);
                break;
        }

        return true;
    }

    // Where the procedure's own arguments or results begin; -1 when there are none.
    private static int BodyOf(ReadOnlySpan<byte> bytes, bool isReply)
    {
        var reader = new ByteReader(bytes, 0);
        reader.Skip(isReply ? 8 : 24);
        bool isAccepted = !isReply || reader.Read(4) == 0;
        for (int i = isReply ? 1 : 0; i < 2; i++)
        {
            reader.Skip(4);
            reader.Skip(reader.Read(4));
            reader.Align(4);
        }

        bool isGood = isAccepted && (!isReply || reader.Read(4) == 0);
        return isGood && !reader.IsShort ? reader.Position : -1;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        reader.Report(sink, Fields.Id, 4);
        bool isReply = reader.Report(sink, Fields.Type, 4) == 1;
        if (!isReply)
        {
            reader.Report(sink, Fields.Version, 4);
            reader.Report(sink, Fields.Program, 4);
            reader.Report(sink, Fields.ProgramVersion, 4);
            reader.Report(sink, Fields.Procedure, 4);
            DescribeAuthentication(ref reader, sink);
            DescribeAuthentication(ref reader, sink);
            ReportVersionAgain(view[index], sink);
            return;
        }

        if (view[index].Detail is RpcFacts facts)
        {
            sink.Number(Fields.Program, facts.Program, reader.At, 0);
            sink.Number(Fields.ProgramVersion, facts.Version, reader.At, 0);
            sink.Number(Fields.Procedure, facts.Procedure, reader.At, 0);
        }

        if (reader.Report(sink, Fields.ReplyState, 4) == 0)
        {
            DescribeAuthentication(ref reader, sink);
            reader.Report(sink, Fields.AcceptState, 4);
        }

        ReportVersionAgain(view[index], sink);
    }

    // Wireshark says it once more with the program, where it knows the program.
    private static void ReportVersionAgain(in LayerEntry entry, IFieldSink sink)
    {
        if (sink.WantsHidden && entry.Detail is RpcFacts { Program: PortMapper or 100001 or Nfs or 100004 or 100005 or 100007 or 100008 or 100009 or 100011 or 100012 or 100021 or 100024 or 100026 or 100227 or 100232 } facts)
        {
            sink.Number(Fields.ProgramVersion, facts.Version, entry.Offset, 0);
        }
    }

    private static void DescribeAuthentication(ref ByteReader reader, IFieldSink sink)
    {
        long flavor = reader.Report(sink, Fields.Flavor, 4);
        long length = reader.Report(sink, Fields.Length, 4);
        if (flavor == Unix && length >= 4)
        {
            reader.ReportHere(sink, Fields.Stamp, 4);
        }

        reader.Skip((length + 3) & ~3L);
    }
}
