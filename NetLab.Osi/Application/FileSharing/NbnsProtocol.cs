using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>The NetBIOS name service (RFC 1002, 4.2), whose header is that of DNS.</summary>
internal static class NbnsProtocol
{
    private const int HeaderSize = 12;

    public static readonly Protocol Value = new("nbns", OsiLayer.Session, "NetBIOS Name Service", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Response = Field.Flag("response", "nbns.flags.response", at: 2, size: 2, mask: 0x8000, about: "Response");
        public static readonly Field ResponseCode = Field.Number("rcode", "nbns.flags.rcode", at: 2, size: 2, mask: 0x000F, about: "Result of a response");
        public static readonly Field Authoritative = Field.Flag(null, "nbns.flags.authoritative", at: 2, size: 2, mask: 0x0400, about: "The answer is authoritative");
        public static readonly Field Name = Field.Text("name", "nbns.name", about: "Name", summary: true);

        public static readonly Field[] Header =
        [
            Field.Number("id", "nbns.id", at: 0, size: 2, about: "Number of the request"),
            Field.Number(null, "nbns.flags", at: 2, size: 2, about: "Flags"),
            Response,
            Field.Number("opcode", "nbns.flags.opcode", at: 2, size: 2, mask: 0x7800, about: "Operation", summary: true, names: static v => (int)v switch
            {
                0 => "query",
                5 => "registration",
                6 => "release",
                7 => "wait",
                8 => "refresh",
                _ => null,
            }),
            Field.Flag("truncated", "nbns.flags.truncated", at: 2, size: 2, mask: 0x0200, about: "Truncated"),
            Field.Flag(null, "nbns.flags.recdesired", at: 2, size: 2, mask: 0x0100, about: "Recursion is desired"),
            Field.Flag("broadcast", "nbns.flags.broadcast", at: 2, size: 2, mask: 0x0010, about: "Broadcast"),
            Field.Number("questions", "nbns.count.queries", at: 4, size: 2, about: "Questions"),
            Field.Number("answers", "nbns.count.answers", at: 6, size: 2, about: "Answers"),
            Field.Number(null, "nbns.count.auth_rr", at: 8, size: 2, about: "Records of authority"),
            Field.Number(null, "nbns.count.add_rr", at: 10, size: 2, about: "Additional records"),
        ];

        public static readonly Field[] OfResponse = [Authoritative, ResponseCode];

        public static readonly Field[] All = [.. Header, Authoritative, ResponseCode, Name];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < HeaderSize)
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        FieldReader.Report(Fields.Header, bytes, at, sink);
        if ((bytes[2] & 0x80) != 0)
        {
            FieldReader.Report(Fields.OfResponse, bytes, at, sink);
        }

        // The first name: a label of 32 letters.
        if (bytes.Length > HeaderSize + NetBiosName.EncodedLength && bytes[HeaderSize] == NetBiosName.EncodedLength && NetBiosName.Decode(bytes[(HeaderSize + 1)..]) is { } name)
        {
            sink.Text(Fields.Name, name, at + HeaderSize + 1, NetBiosName.EncodedLength);
        }
    }
}
