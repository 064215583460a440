using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Session;

namespace NetLab.Osi.Tests;

/// <summary>Decodes whole captures the way the command does.</summary>
internal static class Decoding
{
    /// <summary>The JSON Lines of a capture, and what is wrong with the file.</summary>
    public static (string Json, string? Damage) ToJson(Stream capture)
    {
        using var output = new MemoryStream();
        using var json = new JsonLines(output);
        using CaptureReader reader = CaptureReader.Open(capture);
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        while (reader.TryRead(out CapturedPacket packet))
        {
            if (reader.TakeKeyLog() is { } secrets)
            {
                decoder.AddKeyLog(secrets);
            }

            decoder.Decode(packet, decoded);
            json.Begin(decoded);
            PacketDecoder.Describe(packet.Bytes, decoded, json);
            json.End(decoded);
        }

        foreach (TcpStream stream in decoder.TcpStreams)
        {
            json.Stream(stream);
        }

        json.Flush();

        return (System.Text.Encoding.UTF8.GetString(output.ToArray()), reader.Damage);
    }
}
