using NetLab.Udp.Links;

namespace NetLab.Host.Demo;

/// <summary>What a demo run is told.</summary>
internal sealed record DemoOptions
{
    /// <summary>Where received files go.</summary>
    public required DirectoryInfo Folder { get; init; }

    /// <summary>The file to send; null for a made-up one.</summary>
    public FileInfo? File { get; init; }

    /// <summary>Whether the whole handshake is shown as trees, and the rest in summary.</summary>
    public bool IsLong { get; init; }

    /// <summary>The link between the ends.</summary>
    public required LinkDescription Link { get; init; }

    /// <summary>The seed of the link and of the made-up file.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Where every datagram is recorded, at both ends.</summary>
    public required FileInfo Recording { get; init; }

    /// <summary>Where the sender's TCP segments are recorded without their UDP headers.</summary>
    public required FileInfo RecordingAsTcp { get; init; }

    /// <summary>Where what both ends' connections did is written.</summary>
    public required FileInfo Qlog { get; init; }
}
