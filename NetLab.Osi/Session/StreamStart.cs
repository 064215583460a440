namespace NetLab.Osi.Session;

/// <summary>A stream whose protocol is to be found out.</summary>
public readonly ref struct StreamStart
{
    internal StreamStart(StreamApplication application, ReadOnlySpan<byte> bytes, bool isByPort)
    {
        Bytes = bytes;
        (Application, IsByPort) = (application, isByPort);
    }

    /// <summary>What the stream's bytes mean: to be switched when the protocol hands over to another.</summary>
    public StreamApplication Application { get; }

    /// <summary>What one of its directions begins with, or what a later segment of it begins with.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Whether a port says that it is the protocol, so that what does not begin like a message is the middle of one.</summary>
    public bool IsByPort { get; }
}
