using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Industry;

/// <summary>DNP3 (IEEE 1815): the link frame (section 9), the transport octet (8), and how the application's fragment begins (4.2.2).</summary>
internal static class Dnp3Protocol
{
    private const int HeaderSize = 10;
    private const int BlockSize = 16;
    private const int ChecksumSize = 2;

    // Control and both addresses: the least that the length counts.
    private const int MinLength = 5;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "dnp3", OsiLayer.Application, "Distributed Network Protocol 3", Fields.All, Frame, Dissect, Describe, begins: static bytes => bytes.Length < 2 || HasStart(bytes));

    private static class Fields
    {
        public static readonly Field Start = Field.Number(null, "dnp3.start", at: 0, size: 2, about: "Start: 0x0564");
        public static readonly Field Length = Field.Number("length", "dnp3.len", at: 2, size: 1, about: "Bytes from the control octet on, without checksums");
        public static readonly Field Control = Field.Number("control", "dnp3.ctl", at: 3, size: 1, about: "Control octet");
        public static readonly Field Direction = Field.Flag("from_master", "dnp3.ctl.dir", at: 3, size: 1, mask: 0x80, about: "Sent by the master");
        public static readonly Field Primary = Field.Flag("primary", "dnp3.ctl.prm", at: 3, size: 1, mask: 0x40, about: "Sent by the primary station");
        public static readonly Field CountBit = Field.Flag(null, "dnp3.ctl.fcb", at: 3, size: 1, mask: 0x20, about: "Frame count bit");
        public static readonly Field CountValid = Field.Flag(null, "dnp3.ctl.fcv", at: 3, size: 1, mask: 0x10, about: "Frame count bit valid");
        public static readonly Field FlowControl = Field.Flag(null, "dnp3.ctl.dfc", at: 3, size: 1, mask: 0x10, about: "Data flow control");
        public static readonly Field PrimaryFunction = Field.Number("function", "dnp3.ctl.prifunc", at: 3, size: 1, mask: 0x0F, about: "Link function of a primary station", names: static v => (int)v switch
        {
            0 => "reset link states",
            2 => "test link states",
            3 => "confirmed user data",
            4 => "unconfirmed user data",
            9 => "request link status",
            _ => null,
        });
        public static readonly Field SecondaryFunction = Field.Number("function", "dnp3.ctl.secfunc", at: 3, size: 1, mask: 0x0F, about: "Link function of a secondary station", names: static v => (int)v switch
        {
            0 => "ACK",
            1 => "NACK",
            11 => "link status",
            15 => "not supported",
            _ => null,
        });
        public static readonly Field Destination = Field.Number("dst", "dnp3.dst", at: 4, size: 2, littleEndian: true, about: "Destination", summary: true);
        public static readonly Field Source = Field.Number("src", "dnp3.src", at: 6, size: 2, littleEndian: true, about: "Source", summary: true);
        public static readonly Field Address = Field.Either("dnp3.addr", Destination, Source);
        public static readonly Field HeaderChecksum = Field.Flag("checksum_ok", about: "The header's checksum is right");
        public static readonly Field Transport = Field.Number(null, "dnp3.tr.ctl", at: 10, size: 1, about: "Transport octet");
        public static readonly Field Final = Field.Flag("final", "dnp3.tr.fin", at: 10, size: 1, mask: 0x80, about: "Last segment of a fragment");
        public static readonly Field First = Field.Flag("first", "dnp3.tr.fir", at: 10, size: 1, mask: 0x40, about: "First segment of a fragment");
        public static readonly Field Sequence = Field.Number("sequence", "dnp3.tr.seq", at: 10, size: 1, mask: 0x3F, about: "Sequence number of the segment");
        public static readonly Field ApplicationControl = Field.Number(null, "dnp3.al.ctl", at: 11, size: 1, about: "Application control");
        public static readonly Field ApplicationFunction = Field.Number("application_function", "dnp3.al.func", at: 12, size: 1, about: "Application function", names: static v => FunctionName((int)v), summary: true);
        public static readonly Field Indications = Field.Number("internal_indications", "dnp3.al.iin", at: 13, size: 2, about: "Internal indications of a response");

        public static readonly Field[] All =
        [
            Start, Length, Control, Direction, Primary, CountBit, CountValid, FlowControl, PrimaryFunction, SecondaryFunction, Destination, Source, Address, HeaderChecksum,
            Transport, Final, First, Sequence, ApplicationControl, ApplicationFunction, Indications,
        ];

        public static readonly Field[] Header = [Start, Length, Control, Direction, Primary];
        public static readonly Field[] OfPrimary = [CountBit, CountValid, PrimaryFunction, Destination, Source];
        public static readonly Field[] OfSecondary = [FlowControl, SecondaryFunction, Destination, Source];
        public static readonly Field[] OfTransport = [Transport, Final, First, Sequence];
        public static readonly Field[] OfRequest = [ApplicationControl, ApplicationFunction];
        public static readonly Field[] OfResponse = [ApplicationControl, ApplicationFunction, Indications];
    }

    /// <summary>Whether bytes begin with a link header whose checksum is right.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize && HasStart(bytes) && bytes[2] >= MinLength && Dnp3Checksum.Of(bytes[..8]) == BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);

    private static bool HasStart(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 && bytes[0] == 0x05 && bytes[1] == 0x64;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < 3)
        {
            return bytes.Length < 2 || HasStart(bytes) ? 0 : StreamParser.NotMine;
        }

        if (!HasStart(bytes) || bytes[2] < MinLength)
        {
            return StreamParser.NotMine;
        }

        // The header's length counts five bytes of the header; each block of data has a checksum behind it.
        int data = bytes[2] - MinLength;
        return HeaderSize + data + (ChecksumSize * ((data + BlockSize - 1) / BlockSize));
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int at = offset;
        while (at < end)
        {
            int length = Frame(dissection.Bytes[at..end], true);
            if (length < 0)
            {
                if (at == offset)
                {
                    return false;
                }

                dissection.Data(OsiLayer.Application, at, end);
                break;
            }

            if (length == 0 || end - at < HeaderSize)
            {
                dissection.Until(at + Math.Max(length, HeaderSize)).Cut(Value, "DNP3 header", at, HeaderSize, end);
                break;
            }

            int frameEnd = Math.Min(end, at + length);
            if (!dissection.Until(at + length).Add(Value, at, frameEnd - at, frameEnd))
            {
                break;
            }

            if (at + length > end)
            {
                dissection.TooShort(OsiLayer.Application, "DNP3 length", at, length, end);
            }

            at = frameEnd;
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        FieldReader.Report(Fields.Header, bytes, at, sink);
        if (bytes.Length < HeaderSize)
        {
            return;
        }

        FieldReader.Report((bytes[3] & 0x40) != 0 ? Fields.OfPrimary : Fields.OfSecondary, bytes, at, sink);
        sink.Flag(Fields.HeaderChecksum, Dnp3Checksum.Of(bytes[..8]) == BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]), at + 8, 2);
        if (bytes[2] == MinLength || bytes.Length <= HeaderSize)
        {
            return;
        }

        FieldReader.Report(Fields.OfTransport, bytes, at, sink);
        bool isFirst = (bytes[10] & 0x40) != 0;
        if (isFirst && bytes.Length > 12 && bytes[2] >= MinLength + 3)
        {
            // Responses (129 to 131) have internal indications; the first block reaches to byte 25.
            FieldReader.Report(bytes[12] is >= 129 and <= 131 ? Fields.OfResponse : Fields.OfRequest, bytes, at, sink);
        }
    }

    private static string? FunctionName(int function) => function switch
    {
        0 => "confirm",
        1 => "read",
        2 => "write",
        3 => "select",
        4 => "operate",
        5 => "direct operate",
        6 => "direct operate, no response",
        7 => "immediate freeze",
        8 => "immediate freeze, no response",
        9 => "freeze and clear",
        10 => "freeze and clear, no response",
        11 => "freeze at time",
        13 => "cold restart",
        14 => "warm restart",
        20 => "enable unsolicited responses",
        21 => "disable unsolicited responses",
        22 => "assign class",
        23 => "delay measurement",
        24 => "record current time",
        25 => "open file",
        26 => "close file",
        27 => "delete file",
        28 => "get file information",
        32 => "authentication request",
        129 => "response",
        130 => "unsolicited response",
        131 => "authentication response",
        _ => null,
    };
}
