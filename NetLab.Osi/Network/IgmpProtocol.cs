using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>IGMP (RFC 1112, RFC 2236, RFC 3376).</summary>
internal static class IgmpProtocol
{
    public static readonly Protocol Value = new("igmp", OsiLayer.Network, "Internet Group Management Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field IgmpType = Field.Number("igmp_type", "igmp.type", names: static v => NameOf((int)v));
        public static readonly Field Group = Field.Of(FieldKind.Ip, "group");
        public static readonly Field ChecksumOk = Field.Flag("checksum_ok");

        public static readonly Field[] All = [IgmpType, Group, ChecksumOk];
    }

    private const int Size = 8;

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

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.IgmpType, bytes[0], at, 1);
        if (bytes.Length < Size)
        {
            return;
        }

        // A version 3 report holds its groups in records; every other message one group here.
        if (bytes[0] is 0x11 or 0x12 or 0x16 or 0x17)
        {
            sink.Ip(Fields.Group, bytes.Slice(4, 4), at + 4);
        }

        if (view[index].IsWhole)
        {
            sink.Flag(Fields.ChecksumOk, InternetChecksum.IsRight(bytes), at + 2, 2);
        }
    }

    private static string? NameOf(int type) => type switch
    {
        0x11 => "membership query",
        0x12 => "membership report (version 1)",
        0x16 => "membership report (version 2)",
        0x17 => "leave group",
        0x22 => "membership report (version 3)",
        _ => null,
    };
}
