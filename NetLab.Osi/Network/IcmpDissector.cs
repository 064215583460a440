using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>ICMP (RFC 792), with the packet that an error quotes.</summary>
internal static class IcmpDissector
{
    private const int Size = 8;
    private const int EchoReply = 0;
    private const int DestinationUnreachable = 3;
    private const int SourceQuench = 4;
    private const int Redirect = 5;
    private const int Echo = 8;
    private const int TimeExceeded = 11;
    private const int ParameterProblem = 12;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 4)
        {
            dissection.Short(OsiLayer.Network, "ICMP header", offset, Size, end);
            return;
        }

        int header = Math.Min(Size, end - offset);
        if (!dissection.Add(ProtocolId.Icmp, OsiLayer.Network, offset, header, end))
        {
            return;
        }

        if (header < Size)
        {
            dissection.Short(OsiLayer.Network, "ICMP header", offset, Size, end);
        }
        else if (dissection.Bytes[offset] is DestinationUnreachable or SourceQuench or Redirect or TimeExceeded or ParameterProblem && end > offset + Size)
        {
            IpProtocols.DissectByVersion(dissection.AsQuoted(), offset + Size, end);
        }
        else
        {
            dissection.Data(OsiLayer.Network, offset + Size, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int type = bytes[0];
        sink.Number("icmp_type"u8, type, at, 1, NameOf(type));
        sink.Number("code"u8, bytes[1], at + 1, 1);
        if (bytes.Length >= Size && type is EchoReply or Echo or (>= 13 and <= 18))
        {
            sink.Number("id"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 4, 2);
            sink.Number("seq"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), at + 6, 2);
        }

        if (view[index].IsWhole)
        {
            sink.Flag("checksum_ok"u8, InternetChecksum.IsRight(bytes), at + 2, 2);
        }
    }

    private static string? NameOf(int type) => type switch
    {
        EchoReply => "echo reply",
        DestinationUnreachable => "destination unreachable",
        SourceQuench => "source quench",
        Redirect => "redirect",
        Echo => "echo request",
        9 => "router advertisement",
        10 => "router solicitation",
        TimeExceeded => "time exceeded",
        ParameterProblem => "parameter problem",
        13 => "timestamp request",
        14 => "timestamp reply",
        _ => null,
    };
}
