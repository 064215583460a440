using NetLab.Osi.Application;
using NetLab.Osi.Application.Http2;
using NetLab.Osi.Presentation;

namespace NetLab.Osi.Session.Streams;

/// <summary>Finds out what a stream speaks: by its ports (IANA), and where they say nothing, by how it begins.</summary>
internal static class StreamRecognizer
{
    /// <summary>What a stream speaks; null if nothing is recognized.</summary>
    /// <param name="application">The stream's.</param>
    /// <param name="segment">The segment that brought its first bytes.</param>
    /// <param name="bytes">What it begins with, or what a later segment of it begins with.</param>
    public static StreamProtocol? Find(StreamApplication application, in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        if (segment.IsDecrypted)
        {
            return ByContent(application, bytes);
        }

        if (ByPort(application, segment.Stream.Server.Port, bytes) is { } ofServer)
        {
            return ofServer;
        }

        if (ByPort(application, segment.Stream.Client.Port, bytes) is not { } ofClient)
        {
            return ByContent(application, bytes);
        }

        ofClient.IsInverted = true;
        return ofClient;
    }

    private static StreamProtocol? ByPort(StreamApplication application, int port, ReadOnlySpan<byte> bytes) => port switch
    {
        21 => new FtpProtocol(application),
        22 => new SshProtocol(),
        25 or 587 => new SmtpProtocol(application),
        53 or 5353 => new DnsStreamProtocol(),
        110 => new PopProtocol(application),
        143 or 220 => new ImapProtocol(application),
        1080 when SocksProtocol.Begins(bytes) => new SocksProtocol(application),
        1883 => new MqttProtocol(),
        5060 => new SipProtocol(),

        // Ports of TLS, where what begins in the middle of a record is still TLS.
        443 or 465 or 636 or 853 or 989 or 990 or 992 or 993 or 994 or 995 or 4433 or 5061 or 8443 or 8883 => new TlsProtocol(application, mayResume: true),
        80 or 3128 or 8000 or 8008 or 8080 or 8088 or 1900 or 2869 or 5985 when !TlsProtocol.Begins(bytes) && !Http2Protocol.Begins(bytes) && !Http2Protocol.MayBegin(bytes) =>
            new HttpProtocol(application, mayResume: true),
        _ => null,
    };

    private static StreamProtocol? ByContent(StreamApplication application, ReadOnlySpan<byte> bytes)
    {
        if (TlsProtocol.Begins(bytes))
        {
            return new TlsProtocol(application, mayResume: false);
        }

        if (SipProtocol.Begins(bytes))
        {
            return new SipProtocol();
        }

        if (Http2Protocol.Begins(bytes))
        {
            return new Http2Protocol();
        }

        if (HttpProtocol.Begins(bytes) && !Http2Protocol.MayBegin(bytes))
        {
            return new HttpProtocol(application, mayResume: false);
        }

        return SshProtocol.Begins(bytes) ? new SshProtocol() : null;
    }
}
