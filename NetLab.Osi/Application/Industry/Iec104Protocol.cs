using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Industry;

/// <summary>IEC 60870-5-104 (section 5): frames of transfer, acknowledgment and control, and the ASDU in those that transfer.</summary>
internal static class Iec104Protocol
{
    private const int Start = 0x68;
    private const int ControlSize = 4;

    // Section 5: at most 253 bytes behind the length.
    private const int MaxLength = 253;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "iec60870_104", OsiLayer.Session, "IEC 60870-5-104", Fields.All, Frame, Dissect, Describe, begins: static bytes => bytes[0] == Start);

    private static class Fields
    {
        public static readonly Field First = Field.Number(null, "iec60870_asdu.start", about: "Start: 0x68", width: 1);
        public static readonly Field Length = Field.Number("length", "iec60870_104.apdulen", about: "Bytes that follow", width: 1);
        public static readonly Field Type = Field.Number("type", "iec60870_104.type", about: "Kind of frame", summary: true, names: static v => (int)v switch
        {
            0 => "I, transfer",
            1 => "S, acknowledgment",
            _ => "U, control",
        }, width: 4);
        public static readonly Field Control = Field.Number("control", "iec60870_104.utype", about: "What a control frame does", names: static v => (int)v switch
        {
            0x01 => "STARTDT act",
            0x02 => "STARTDT con",
            0x04 => "STOPDT act",
            0x08 => "STOPDT con",
            0x10 => "TESTFR act",
            0x20 => "TESTFR con",
            _ => null,
        }, width: 4);
        public static readonly Field Received = Field.Number("receive_sequence", "iec60870_104.rx", about: "Receive sequence number", width: 4);
        public static readonly Field Sent = Field.Number("send_sequence", "iec60870_104.tx", about: "Send sequence number", width: 4);

        public static readonly Field[] All = [First, Length, Type, Control, Received, Sent];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] != Start)
        {
            // What is no frame is passed over up to the next.
            int next = bytes.IndexOf((byte)Start);
            return next < 0 ? bytes.Length : next;
        }

        if (bytes.Length > 1 && bytes[1] > MaxLength)
        {
            return StreamParser.NotMine;
        }

        return bytes.Length < 2 ? 0 : 2 + bytes[1];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 2 || dissection.Bytes[offset] != Start)
        {
            return false;
        }

        int length = dissection.Bytes[offset + 1];
        int body = offset + 2 + ControlSize;
        int frameEnd = Math.Min(end, offset + 2 + length);
        Dissection inside = dissection.Until(offset + 2 + length);
        bool isTransfer = length >= ControlSize && frameEnd >= body && (dissection.Bytes[offset + 2] & 1) == 0;
        if (inside.Add(Value, offset, Math.Min(frameEnd, body) - offset, frameEnd) && isTransfer)
        {
            Iec60870Asdu.Dissect(inside, body, frameEnd);
        }
        else if (length < ControlSize)
        {
            dissection.Malformed(OsiLayer.Session, "IEC 104 length", offset + 1, length);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true);
        reader.Report(sink, Fields.First, 1);
        long length = reader.Report(sink, Fields.Length, 1);
        if (length < ControlSize || reader.Left < ControlSize)
        {
            return;
        }

        int type = (int)reader.Peek(1) & 3;
        type = (type & 1) == 0 ? 0 : type;
        int at = reader.At;
        sink.Number(Fields.Type, type, at, 1);
        long sent = reader.Read(2) >> 1;
        long received = reader.Read(2) >> 1;
        if (type == 0)
        {
            sink.Number(Fields.Sent, sent, at, 2);
        }

        if (type == 3)
        {
            sink.Number(Fields.Control, sent >> 1 & 0x3F, at, 1);
        }
        else
        {
            sink.Number(Fields.Received, received, at + 2, 2);
        }
    }
}
