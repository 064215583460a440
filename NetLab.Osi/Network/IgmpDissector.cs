using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>IGMP (RFC 1112, RFC 2236, RFC 3376).</summary>
internal static class IgmpDissector
{
    private const int Size = 8;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 1)
        {
            dissection.Short(OsiLayer.Network, "IGMP header", offset, Size, end);
            return;
        }

        dissection.Add(ProtocolId.Igmp, OsiLayer.Network, offset, Math.Min(Size, end - offset), end);
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.Network, "IGMP header", offset, Size, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("igmp_type"u8, bytes[0], at, 1, NameOf(bytes[0]));
        if (bytes.Length < Size)
        {
            return;
        }

        // A version 3 report holds its groups in records; every other message one group here.
        if (bytes[0] is 0x11 or 0x12 or 0x16 or 0x17)
        {
            sink.Ip("group"u8, bytes.Slice(4, 4), at + 4);
        }

        if (view[index].IsWhole)
        {
            sink.Flag("checksum_ok"u8, InternetChecksum.IsRight(bytes), at + 2, 2);
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
