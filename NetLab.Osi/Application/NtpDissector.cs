using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>NTP (RFC 5905, 7.3).</summary>
internal static class NtpDissector
{
    public const int Port = 123;

    private const int Size = 48;
    private const int ControlMode = 6;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        // Control messages (RFC 9327) and private ones are shorter.
        if (end - offset < 8)
        {
            dissection.Short(OsiLayer.Application, "NTP header", offset, Size, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return;
        }

        dissection.Add(ProtocolId.Ntp, OsiLayer.Application, offset, end - offset, end);
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int mode = bytes[0] & 7;
        sink.Number("version"u8, (bytes[0] >> 3) & 7, at, 1);
        sink.Number("mode"u8, mode, at, 1, mode switch
        {
            1 => "symmetric active",
            2 => "symmetric passive",
            3 => "client",
            4 => "server",
            5 => "broadcast",
            ControlMode => "control",
            7 => "private",
            _ => null,
        });
        if (mode < ControlMode)
        {
            sink.Number("stratum"u8, bytes[1], at + 1, 1, bytes[1] switch { 0 => "unspecified or invalid", 1 => "primary", _ => null });
        }
    }
}
