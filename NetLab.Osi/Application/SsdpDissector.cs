using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>SSDP (UPnP Device Architecture 2.0, 1): messages of HTTP's form, one a datagram.</summary>
internal static class SsdpDissector
{
    public const int Port = 1900;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int header = bytes.IndexOf("\r\n\r\n"u8);
        if (HttpMessage.Read(header < 0 ? bytes : bytes[..header]) is not { } message)
        {
            dissection.Data(OsiLayer.Application, offset, end);
            return;
        }

        var detail = new HttpDetail();
        detail.Messages.Add(message);
        dissection.Add(ProtocolId.Ssdp, OsiLayer.Application, offset, bytes.Length, end, detail);
    }
}
