namespace NetLab.Osi.Protocols;

/// <summary>What a protocol's dissector found beyond what can be read from the packet's bytes again: messages of a stream, decrypted parts.</summary>
public abstract class LayerDetail
{
    /// <summary>
    /// The messages that the packet completes, as objects of a type that a program can ask for: HTTP messages, hellos of TLS. None by
    /// default; a protocol of a user's own may have some.
    /// </summary>
    public virtual IReadOnlyList<object> Completed => [];

    /// <summary>Tells its fields.</summary>
    public abstract void Describe(in LayerEntry entry, IFieldSink sink);
}
