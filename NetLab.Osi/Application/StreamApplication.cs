using NetLab.Osi.Layers;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>
/// What the bytes of a TCP stream mean: recognized by how they begin, taken apart message by message. What completes is
/// shown on the packet that completed it.
/// </summary>
internal sealed class StreamApplication(TcpStream stream)
{
    private readonly Queue<string> _methods = new();
    private readonly DnsOverTcp _dnsUp = new();
    private readonly DnsOverTcp _dnsDown = new();
    private HttpParser? _httpUp;
    private HttpParser? _httpDown;
    private DecodedPacket? _packet;
    private bool _fromClient;

    /// <summary>The packet that the next bytes come from.</summary>
    public void Attach(DecodedPacket packet, bool fromClient) => (_packet, _fromClient) = (packet, fromClient);

    /// <summary>Takes bytes in order.</summary>
    public void Accept(ReadOnlySpan<byte> bytes)
    {
        if (stream.Server.Port == DnsMessage.Port || stream.Client.Port == DnsMessage.Port)
        {
            (_fromClient ? _dnsUp : _dnsDown).Accept(bytes, _packet!.DnsMessages);
            Recognize(_packet.DnsMessages.Count, "dns");
            return;
        }

        // Who is the client is a guess when the handshake was not seen; how a direction begins is none.
        ref HttpParser? parser = ref _fromClient ? ref _httpUp : ref _httpDown;
        parser ??= new HttpParser(_methods);
        parser.Accept(bytes, _packet!.HttpMessages);
        Recognize(_packet.HttpMessages.Count, "http");
    }

    private void Recognize(int messages, string name)
    {
        if (messages > 0)
        {
            stream.ApplicationSet.Add(name);
        }
    }
}
