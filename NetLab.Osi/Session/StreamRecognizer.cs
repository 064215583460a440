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
        if (segment.IsDecrypted)
        {
            return ByContent(segment.Registry, application, bytes);
        }

        if (ByPort(segment.Registry, application, segment.Stream.Server.Port, bytes) is { } ofServer)
        {
            return ofServer;
        }

        if (ByPort(segment.Registry, application, segment.Stream.Client.Port, bytes) is not { } ofClient)
        {
            return ByContent(segment.Registry, application, bytes);
        }

        ofClient.IsInverted = true;
        return ofClient;
    }

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

    private static StreamProtocol? ByPort(ProtocolRegistry registry, StreamApplication application, int port, ReadOnlySpan<byte> bytes)
    {
        for (ProtocolRow? row = registry.Find(NumberTable.TcpPort, port); row is not null; row = row.Next)
        {
            if (row.Reference.Protocol is StreamedProtocol protocol && protocol.Begin(new StreamStart(application, bytes, isByPort: true)) is { } found)
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
