using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>OpenVPN (its source's documentation of the network protocol): control and data messages over UDP, and over TCP behind a length.</summary>
internal static class OpenVpnProtocol
{
    private const int Data1 = 6;
    private const int Data2 = 9;
    private const int Acknowledgment = 5;
    private const int LastOpcode = 11;
    private const int SessionSize = 8;
    private const int DigestSize = 20;
    private const int MaxAcknowledged = 8;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "openvpn", OsiLayer.Transport, "OpenVPN", Fields.All, Frame, DissectFramed, DescribeFramed);

    public static readonly Protocol Datagram = new("openvpn", OsiLayer.Transport, "OpenVPN", Fields.All, DissectDatagram, DescribeDatagram);

    private static class Fields
    {
        public static readonly Field Length = Field.Number("length", "openvpn.plen", about: "TCP: bytes of the message", width: 2);
        public static readonly Field Type = Field.Number(null, "openvpn.type", about: "Opcode and key", width: 1);
        public static readonly Field Opcode = Field.Number("opcode", "openvpn.opcode", about: "Message", summary: true, names: static v => v switch
        {
            1 => "hard reset of a client (version 1)",
            2 => "hard reset of a server (version 1)",
            3 => "soft reset",
            4 => "control",
            Acknowledgment => "acknowledgment",
            Data1 => "data",
            7 => "hard reset of a client",
            8 => "hard reset of a server",
            Data2 => "data (version 2)",
            10 => "hard reset of a client (version 3)",
            11 => "wrapped client key",
            _ => null,
        }, width: 1);
        public static readonly Field KeyId = Field.Number("key_id", "openvpn.keyid", about: "Key", width: 1);
        public static readonly Field Session = Field.Number("session", "openvpn.sessionid", about: "The sender's number of the session");
        public static readonly Field Acknowledged = Field.Number("acknowledged", "openvpn.mpidarraylength", about: "How many messages it acknowledges", width: 1);
        public static readonly Field AcknowledgedId = Field.Number(null, "openvpn.mpidarrayelement", about: "Number of a message that it acknowledges", width: 4);
        public static readonly Field RemoteSession = Field.Number("remote_session", "openvpn.rsessionid", about: "The receiver's number of the session");
        public static readonly Field MessageId = Field.Number("message", "openvpn.mpid", about: "Number of the message", width: 4);
        public static readonly Field Peer = Field.Number("peer", "openvpn.peerid", about: "Peer", width: 3);
        public static readonly Field Content = Field.Bytes(null, "openvpn.data", about: "What it carries");

        public static readonly Field[] All = [Length, Type, Opcode, KeyId, Session, Acknowledged, AcknowledgedId, RemoteSession, MessageId, Peer, Content];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < 3)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return length > 0 && IsOpcode(bytes[2]) ? 2 + length : StreamParser.NotMine;
    }

    private static bool DissectFramed(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 3)
        {
            return false;
        }

        dissection.AddMessage(Value, offset, 3, end);
        return true;
    }

    private static bool DissectDatagram(in Dissection dissection, int offset, int end)
    {
        if (offset >= end || !IsOpcode(dissection.Bytes[offset]))
        {
            return false;
        }

        dissection.Add(Datagram, offset, end - offset, end);
        return true;
    }

    private static bool IsOpcode(byte type) => type >> 3 is >= 1 and <= LastOpcode;

    private static void DescribeFramed(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Length, BinaryPrimitives.ReadUInt16BigEndian(bytes), at, 2);
        Describe(bytes[2..], at + 2, sink);
    }

    private static void DescribeDatagram(in PacketView view, int index, IFieldSink sink) => Describe(view.BytesOf(index), view[index].Offset, sink);

    private static void Describe(ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        int opcode = bytes[0] >> 3;
        sink.Number(Fields.Type, bytes[0], at, 1);
        sink.Number(Fields.Opcode, opcode, at, 1);
        sink.Number(Fields.KeyId, bytes[0] & 7, at, 1);
        int next = 1;
        if (opcode is not (Data1 or Data2))
        {
            DescribeControl(bytes, opcode, at, sink);
            return;
        }

        if (opcode == Data2 && bytes.Length >= 4)
        {
            sink.Number(Fields.Peer, (bytes[1] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 1, 3);
            next = 4;
        }
        if (next < bytes.Length && sink.WantsHidden)
        {
            sink.Bytes(Fields.Content, bytes[next..], at + next);
        }
    }

    // Behind the session: with tls-auth a digest, a number and a time; what is acknowledged, whose session, and the message's own number.
    private static void DescribeControl(ReadOnlySpan<byte> bytes, int opcode, int at, IFieldSink sink)
    {
        int next = 1 + SessionSize;
        if (bytes.Length < next + 1)
        {
            return;
        }

        sink.Number(Fields.Session, (long)BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]), at + 1, SessionSize);
        if (IsDigest(bytes[next..]))
        {
            next += DigestSize + 4 + 4;
        }

        if (next >= bytes.Length)
        {
            return;
        }

        int count = bytes[next];
        sink.Number(Fields.Acknowledged, count, at + next, 1);
        next++;
        if (count > 0)
        {
            for (int i = 0; i < count && sink.WantsHidden && next + (4 * i) + 4 <= bytes.Length; i++)
            {
                sink.Number(Fields.AcknowledgedId, BinaryPrimitives.ReadUInt32BigEndian(bytes[(next + (4 * i))..]), at + next + (4 * i), 4);
            }

            next += 4 * count;
            if (next + SessionSize > bytes.Length)
            {
                return;
            }

            sink.Number(Fields.RemoteSession, (long)BinaryPrimitives.ReadUInt64BigEndian(bytes[next..]), at + next, SessionSize);
            next += SessionSize;
        }

        if (opcode != Acknowledgment && next + 4 <= bytes.Length)
        {
            sink.Number(Fields.MessageId, BinaryPrimitives.ReadUInt32BigEndian(bytes[next..]), at + next, 4);
        }
    }

    // Without tls-auth the count of acknowledged messages stands here, which is small, and the upper bytes of numbers, which are 0.
    private static bool IsDigest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < DigestSize + 4 + 4 + 1)
        {
            return false;
        }

        int zeros = bytes[..4].Count((byte)0);
        return bytes[0] > MaxAcknowledged || zeros == 0;
    }
}
