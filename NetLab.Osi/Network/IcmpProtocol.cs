using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>ICMP (RFC 792), with the packet that an error quotes.</summary>
internal static class IcmpProtocol
{
    public static readonly Protocol Value = new("icmp", OsiLayer.Network, "Internet Control Message Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field IcmpType = Field.Number("icmp_type", "icmp.type", names: static v => NameOf((int)v), width: 1);
        public static readonly Field Code = Field.Number("code", "icmp.code", width: 1);
        public static readonly Field Id = Field.Number("id", "icmp.ident", width: 2);
        public static readonly Field Seq = Field.Number("seq", "icmp.seq", width: 2);
        public static readonly Field ExtendedSeq = Field.Number("seq", "icmp.ext.echo.seq", about: "Sequence number of an extended echo", width: 1);
        public static readonly Field ChecksumOk = Field.Flag("checksum_ok");

        public static readonly Field[] All = [IcmpType, Code, Id, Seq, ExtendedSeq, ChecksumOk];
    }

    private const int Size = 8;
    private const int EchoReply = 0;
    private const int DestinationUnreachable = 3;
    private const int SourceQuench = 4;
    private const int Redirect = 5;
    private const int Echo = 8;
    private const int TimeExceeded = 11;
    private const int ParameterProblem = 12;
    private const int ExtendedEcho = 42;
    private const int ExtendedEchoReply = 43;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 4)
        {
            dissection.TooShort(OsiLayer.Network, "ICMP header", offset, Size, end);
            return true;
        }

        int header = Math.Min(Size, end - offset);
        if (!dissection.Add(Value, offset, header, end))
        {
            return true;
        }

        if (header < Size)
        {
            dissection.TooShort(OsiLayer.Network, "ICMP header", offset, Size, end);
        }
        else if (dissection.Bytes[offset] is DestinationUnreachable or SourceQuench or Redirect or TimeExceeded or ParameterProblem && end > offset + Size)
        {
            dissection.AsQuoted().NextIp(offset + Size, end);
        }
        else
        {
            dissection.Data(OsiLayer.Network, offset + Size, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int type = bytes[0];
        sink.Number(Fields.IcmpType, type, at, 1);
        sink.Number(Fields.Code, bytes[1], at + 1, 1);
        if (bytes.Length >= Size && type is ExtendedEcho or ExtendedEchoReply)
        {
            // RFC 8335, 2 and 3: the sequence number is one byte.
            sink.Number(Fields.Id, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 4, 2);
            sink.Number(Fields.ExtendedSeq, bytes[6], at + 6, 1);
        }
        else if (bytes.Length >= Size && type is EchoReply or Echo or (>= 13 and <= 18))
        {
            sink.Number(Fields.Id, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 4, 2);
            sink.Number(Fields.Seq, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), at + 6, 2);
        }

        if (view[index].IsWhole)
        {
            sink.Flag(Fields.ChecksumOk, InternetChecksum.IsRight(bytes), at + 2, 2);
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
        15 => "information request",
        16 => "information reply",
        17 => "address mask request",
        18 => "address mask reply",
        ExtendedEcho => "extended echo request",
        ExtendedEchoReply => "extended echo reply",
        _ => null,
    };
}
