using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>IGMP (RFC 1112, RFC 2236, RFC 3376).</summary>
internal static class IgmpProtocol
{
    public static readonly Protocol Value = new("igmp", OsiLayer.Network, "Internet Group Management Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field IgmpType = Field.Number("igmp_type", "igmp.type", names: static v => NameOf((int)v), about: "Message type", summary: true, width: 1);
        public static readonly Field Version = Field.Number("version", "igmp.version", about: "Version, which type and length tell", width: 1);
        public static readonly Field Group = Field.Ipv4("group", "igmp.maddr", about: "Group", summary: true);
        public static readonly Field MaxResponse = Field.Number("max_response", "igmp.max_resp", about: "Time within which to answer, in tenths of a second", width: 1);
        public static readonly Field Records = Field.Group("records", "Group records");
        public static readonly Field RecordType = Field.Number("type", "igmp.record_type", about: "What the record says", names: static v => v switch
        {
            1 => "mode is include",
            2 => "mode is exclude",
            3 => "change to include",
            4 => "change to exclude",
            5 => "allow new sources",
            6 => "block old sources",
            _ => null,
        }, width: 1);
        public static readonly Field RecordSources = Field.Number("sources", "igmp.num_src", about: "How many sources", width: 2);
        public static readonly Field ChecksumOk = Field.Flag("checksum_ok", about: "Whether the checksum is right");

        public static readonly Field[] All = [IgmpType, Version, Group, MaxResponse, Records, RecordType, RecordSources, ChecksumOk];
    }

    private const int Size = 8;
    private const int Query = 0x11;
    private const int Report1 = 0x12;
    private const int Pim = 0x14;
    private const int Report2 = 0x16;
    private const int Leave = 0x17;
    private const int Report3 = 0x22;
    private const int Query3Size = 12;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 1)
        {
            dissection.TooShort(OsiLayer.Network, "IGMP header", offset, Size, end);
            return true;
        }

        dissection.Add(Value, offset, Math.Min(Size, end - offset), end);
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Network, "IGMP header", offset, Size, end);
        }
        else if (dissection.Bytes[offset] == Pim)
        {
            PimProtocol.DissectFirst(dissection, offset, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes.Length >= Size && bytes[0] == Pim)
        {
            // The message is of PIM, which tells it.
            return;
        }

        sink.Number(Fields.IgmpType, bytes[0], at, 1);
        if (bytes.Length < Size)
        {
            return;
        }

        int version = VersionOf(bytes, view[index].WireLength);
        if (version > 0)
        {
            sink.Number(Fields.Version, version, at, 1);
        }

        if (version is 2 or 3 && bytes[0] != Report3)
        {
            // RFC 3376, 4.1.1: from 128 on a number with four bits behind its leading one, shifted by three bits and three more.
            int code = bytes[1];
            sink.Number(Fields.MaxResponse, version == 2 || code < 128 ? code : ((code & 15) | 16) << (((code >> 4) & 7) + 3), at + 1, 1);
        }

        // A version 3 report holds its groups in records; every other message one group here.
        if (bytes[0] is Query or Report1 or Report2 or Leave)
        {
            sink.Ip(Fields.Group, bytes.Slice(4, 4), at + 4);
        }
        else if (bytes[0] == Report3)
        {
            DescribeRecords(bytes, at, sink);
        }

        if (view[index].IsWhole)
        {
            sink.Flag(Fields.ChecksumOk, InternetChecksum.IsRight(bytes), at + 2, 2);
        }
    }

    // RFC 3376, 7.1: a query of eight bytes is version 1 when it leaves no time to answer, else 2.
    private static int VersionOf(ReadOnlySpan<byte> bytes, int length) => bytes[0] switch
    {
        Query => length >= Query3Size ? 3 : bytes[1] == 0 ? 1 : 2,
        Report1 => 1,
        Report2 or Leave => 2,
        Report3 => 3,
        _ => 0,
    };

    private static void DescribeRecords(ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        int records = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        int next = Size;
        sink.BeginList(Fields.Records);
        for (; records > 0 && next + 8 <= bytes.Length; records--)
        {
            int sources = BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 2)..]);
            sink.BeginItem();
            sink.Number(Fields.RecordType, bytes[next], at + next, 1);
            sink.Number(Fields.RecordSources, sources, at + next + 2, 2);
            sink.Ip(Fields.Group, bytes.Slice(next + 4, 4), at + next + 4);
            sink.EndItem();
            next += 8 + (4 * sources) + (4 * bytes[next + 1]);
        }

        sink.EndList();
    }

    private static string? NameOf(int type) => type switch
    {
        Query => "membership query",
        Report1 => "membership report (version 1)",
        0x13 => "DVMRP",
        Pim => "PIM version 1",
        Report2 => "membership report (version 2)",
        Leave => "leave group",
        Report3 => "membership report (version 3)",
        _ => null,
    };
}
