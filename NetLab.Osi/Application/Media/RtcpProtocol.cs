using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Media;

/// <summary>RTCP (RFC 3550, 6): the packets of a datagram, one behind the other.</summary>
internal static class RtcpProtocol
{
    public static readonly Protocol Value = new("rtcp", OsiLayer.Application, "RTP Control Protocol", Fields.All, Dissect, Describe) { Begins = Begins };

    private const int HeaderSize = 4;
    private const int SenderReport = 200;
    private const int ReceiverReport = 201;
    private const int SourceDescription = 202;
    private const int Bye = 203;
    private const int Application = 204;
    private const int PayloadFeedback = 206;

    private static class Fields
    {
        public static readonly Field Packets = Field.Group("packets", "Packets of the datagram");
        public static readonly Field Version = Field.Number("version", "rtcp.version", about: "Version", width: 1);
        public static readonly Field Type = Field.Number("type", "rtcp.pt", names: static v => TypeName((int)v), about: "Packet type", summary: true, width: 1);
        public static readonly Field Length = Field.Number("length", "rtcp.length", about: "Length in words of 32 bits, less one", width: 2);
        public static readonly Field Sender = Field.Number("ssrc", "rtcp.senderssrc", about: "Who sends it", width: 4);
        public static readonly Field Source = Field.Number(null, "rtcp.ssrc.identifier", about: "Sources that it tells of", width: 4);
        public static readonly Field ApplicationSource = Field.Number("ssrc", about: "Source that an application tells of");

        public static readonly Field[] All = [Packets, Version, Type, Length, Sender, Source, ApplicationSource];
    }

    /// <summary>Whether a second byte is a packet type (IANA): 192 to 223, which RTP leaves free (RFC 5761, 4).</summary>
    public static bool IsPacketType(byte type) => type is >= 192 and <= 223;

    /// <summary>Whether a datagram begins like one: a report, a goodbye or feedback, as long as its header says, of whole words (6.1).</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 2 * HeaderSize && bytes.Length % 4 == 0 && bytes[0] >> 6 == 2 && bytes[1] is SenderReport or ReceiverReport or Bye or Application or PayloadFeedback && Size(bytes) <= bytes.Length;

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < HeaderSize || bytes[0] >> 6 != 2 || !IsPacketType(bytes[1]))
        {
            return false;
        }

        dissection.Add(Value, offset, bytes.Length, end);
        for (int at = 0; at < bytes.Length; at += Size(bytes[at..]))
        {
            if (bytes.Length - at < HeaderSize || bytes[at] >> 6 != 2 || !IsExpected(bytes[at + 1]))
            {
                // SRTCP (RFC 3711) has an index and a tag behind the last packet.
                break;
            }

            if (Size(bytes[at..]) > bytes.Length - at)
            {
                dissection.TooShort(OsiLayer.Application, "RTCP length", offset + at, Size(bytes[at..]), end);
                break;
            }
        }

        return true;
    }

    // Of IANA's types those that are sent: behind the first packet stands what is encrypted (RFC 3711), and an index and a tag, which are
    // any number; another type says more often that they begin than what it stands for.
    private static bool IsExpected(byte type) => type is 192 or 193 or (>= SenderReport and <= 210);

    private static int Size(ReadOnlySpan<byte> packet) => HeaderSize + (4 * BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int start = view[index].Offset;
        sink.BeginList(Fields.Packets);
        for (int at = 0; bytes.Length - at >= HeaderSize && IsExpected(bytes[at + 1]); at += Size(bytes[at..]))
        {
            ReadOnlySpan<byte> packet = bytes[at..Math.Min(bytes.Length, at + Size(bytes[at..]))];
            int type = packet[1];
            sink.BeginItem();
            sink.Number(Fields.Version, packet[0] >> 6, start + at, 1);
            sink.Number(Fields.Type, type, start + at + 1, 1);
            sink.Number(Fields.Length, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), start + at + 2, 2);
            if (HasSender(type) && packet.Length >= 8)
            {
                sink.Number(Fields.Sender, BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), start + at + 4, 4);
            }

            if (sink.WantsHidden)
            {
                DescribeSources(packet, start + at, sink);
            }
            else if (type == Application && packet.Length >= 8)
            {
                sink.Number(Fields.ApplicationSource, BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), start + at + 4, 4);
            }

            sink.EndItem();
            if (at + Size(bytes[at..]) > bytes.Length)
            {
                break;
            }
        }

        sink.EndList();
    }

    // 6.4 to 6.6: report blocks of 24 bytes, chunks of a description, and those who leave.
    private static void DescribeSources(ReadOnlySpan<byte> packet, int at, IFieldSink sink)
    {
        // Of an application, these bits are its subtype.
        int count = packet[1] == Application ? 1 : packet[0] & 31;
        (int first, int step) = packet[1] switch
        {
            SenderReport => (28, 24),
            ReceiverReport => (8, 24),
            Bye or Application => (4, 4),
            SourceDescription => (4, packet.Length),
            _ => (packet.Length, 4),
        };
        for (int i = 0; i < count && first + 4 <= packet.Length; i++, first += step)
        {
            sink.Number(Fields.Source, BinaryPrimitives.ReadUInt32BigEndian(packet[first..]), at + first, 4);
        }
    }

    // 6.6 and 6.7: who leaves is in a list, and what an application says is about a source, whoever sends it.
    private static bool HasSender(int type) => type is SenderReport or ReceiverReport or 205 or PayloadFeedback or 207;

    private static string? TypeName(int type) => type switch
    {
        SenderReport => "sender report",
        ReceiverReport => "receiver report",
        SourceDescription => "source description",
        Bye => "goodbye",
        Application => "application",
        205 => "transport feedback",
        206 => "payload feedback",
        207 => "extended report",
        _ => null,
    };
}
