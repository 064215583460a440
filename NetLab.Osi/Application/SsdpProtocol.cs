using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>SSDP (UPnP Device Architecture 2.0, 1): messages of HTTP's form, one a datagram.</summary>
internal static class SsdpProtocol
{
    public static readonly Protocol Value = new("ssdp", OsiLayer.Application, "Simple Service Discovery Protocol", [HttpDetail.Fields.Messages, .. HttpMessage.Fields.All], Dissect);

    public const int Port = 1900;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int header = bytes.IndexOf("\r\n\r\n"u8);
        if (HttpMessage.Read(header < 0 ? bytes : bytes[..header]) is not { } message)
        {
            dissection.Data(OsiLayer.Application, offset, end);
            return true;
        }

        var detail = new HttpDetail();
        detail.Add(message);
        dissection.Add(Value, offset, bytes.Length, end, detail);
        return true;
    }
}
