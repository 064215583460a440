using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>NTP (RFC 5905, 7.3).</summary>
internal static class NtpProtocol
{
    public static readonly Protocol Value = new("ntp", OsiLayer.Application, "Network Time Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "ntp.flags.vn", width: 1);
        public static readonly Field Mode = Field.Number("mode", "ntp.flags.mode", names: static v => (int)v switch
        {
            1 => "symmetric active",
            2 => "symmetric passive",
            3 => "client",
            4 => "server",
            5 => "broadcast",
            ControlMode => "control",
            7 => "private",
            _ => null,
        }, width: 1);
        public static readonly Field Stratum = Field.Number("stratum", "ntp.stratum", names: static v => (int)v switch { 0 => "unspecified or invalid", 1 => "primary", _ => null }, width: 1);

        public static readonly Field Leap = Field.Number(null, "ntp.flags.li", about: "Leap second announced", names: static v => (int)v switch { 0 => "none", 1 => "61 seconds", 2 => "59 seconds", _ => "not synchronized" }, width: 1);
        public static readonly Field Poll = Field.Of(FieldKind.SignedNumber, null, "ntp.ppoll", "Poll interval, power of two in seconds", width: 1);
        public static readonly Field Precision = Field.Of(FieldKind.SignedNumber, null, "ntp.precision", "Precision, power of two in seconds", width: 1);
        public static readonly Field ReferenceId = Field.Bytes(null, "ntp.refid", about: "Where the server has its time from", mark: true);

        public static readonly Field[] All = [Version, Mode, Stratum, Leap, Poll, Precision, ReferenceId];
    }

    public const int Port = 123;

    private const int Size = 48;
    private const int ControlMode = 6;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // Control messages (RFC 9327) and private ones are shorter.
        if (end - offset < 8)
        {
            dissection.TooShort(OsiLayer.Application, "NTP header", offset, Size, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return true;
        }

        dissection.Add(Value, offset, end - offset, end);

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int mode = bytes[0] & 7;
        sink.Number(Fields.Version, (bytes[0] >> 3) & 7, at, 1);
        sink.Number(Fields.Mode, mode, at, 1);
        if (mode < 7)
        {
            sink.Number(Fields.Leap, bytes[0] >> 6, at, 1);
        }

        if (mode >= ControlMode)
        {
            return;
        }

        sink.Number(Fields.Stratum, bytes[1], at + 1, 1);
        sink.Number(Fields.Poll, (sbyte)bytes[2], at + 2, 1);
        sink.Number(Fields.Precision, (sbyte)bytes[3], at + 3, 1);
        if (bytes.Length >= 16)
        {
            sink.Bytes(Fields.ReferenceId, bytes.Slice(12, 4), at + 12);
        }
    }
}
