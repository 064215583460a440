using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>Finds out what a stream speaks: by its ports (IANA), and where they say nothing, by how it begins.</summary>
internal static class StreamRecognizer
{
    /// <summary>What a stream speaks; null if nothing is recognized.</summary>
    /// <param name="application">The stream's.</param>
    /// <param name="segment">The segment that brought its first bytes.</param>
    /// <param name="bytes">What it begins with, or what a later segment of it begins with.</param>
    public static StreamProtocol? Find(StreamApplication application, in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        if (segment.IsDecrypted || application.Port == StreamApplication.NoPort)
        {
            return ByContent(segment.Registry, application, bytes);
        }

        if (segment.Recall(ExpectedStreams.Slot).Find(segment.Stream) is { } expected && expected(new StreamStart(application, bytes, isByPort: true)) is { } announced)
        {
            return announced;
        }

        int server = application.Port ?? segment.Stream.Server.Port;
        int? client = application.Port is null ? segment.Stream.Client.Port : null;

        // What the caller registered goes first, then a protocol whose port and bytes agree, then bytes, and a port alone at last:
        // SSH may listen on the port of TLS.
        foreach (PortRule rule in (ReadOnlySpan<PortRule>)[PortRule.Own, PortRule.Begins])
        {
            if ((ByPort(segment.Registry, application, server, bytes, rule) ?? Inverted(client is { } port ? ByPort(segment.Registry, application, port, bytes, rule) : null)) is { } sure)
            {
                return sure;
            }
        }

        return ByContent(segment.Registry, application, bytes)
            ?? ByPort(segment.Registry, application, server, bytes, PortRule.Any)
            ?? Inverted(client is { } other ? ByPort(segment.Registry, application, other, bytes, PortRule.Any) : null);
    }

    /// <summary>What one direction speaks by how it begins, whatever the other does; null if nothing is recognized.</summary>
    public static StreamProtocol? FindAlone(StreamApplication application, in StreamSegment segment, ReadOnlySpan<byte> bytes) => ByContent(segment.Registry, application, bytes);

    /// <summary>Whether a few bytes may be how a protocol begins, so that more of them are waited for.</summary>
    public static bool MayBegin(ProtocolRegistry registry, ReadOnlySpan<byte> bytes)
    {
        foreach (ProtocolReference reference in registry.TcpHeuristics)
        {
            if (reference.MayBegin?.Invoke(bytes) == true)
            {
                return true;
            }
        }

        return false;
    }

    private enum PortRule
    {
        /// <summary>The caller registered it.</summary>
        Own,

        /// <summary>The bytes begin like it, too.</summary>
        Begins,

        /// <summary>The port says so.</summary>
        Any,
    }

    // The stream's client has the port of a service: it is the server, and was taken for the client because it was seen first.
    private static StreamProtocol? Inverted(StreamProtocol? protocol)
    {
        if (protocol is not null)
        {
            protocol.IsInverted = true;
        }

        return protocol;
    }

    private static StreamProtocol? ByPort(ProtocolRegistry registry, StreamApplication application, int port, ReadOnlySpan<byte> bytes, PortRule rule)
    {
        for (ProtocolRow? row = registry.Find(NumberTable.TcpPort, port); row is not null; row = row.Next)
        {
            bool isAsked = rule switch
            {
                PortRule.Own => row.Reference.IsOwn,
                PortRule.Begins => row.Reference.Begins?.Invoke(bytes) == true,
                _ => true,
            };
            if (isAsked && row.Reference.Protocol is StreamedProtocol protocol && protocol.Begin(new StreamStart(application, bytes, isByPort: true)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static StreamProtocol? ByContent(ProtocolRegistry registry, StreamApplication application, ReadOnlySpan<byte> bytes)
    {
        foreach (ProtocolReference reference in registry.TcpHeuristics)
        {
            if (reference.Begins!(bytes) && reference.Protocol is StreamedProtocol protocol
                && protocol.Begin(new StreamStart(application, bytes, isByPort: false)) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
