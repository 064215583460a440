namespace NetLab.Osi.Protocols;

/// <summary>What a protocol's dissector found beyond what can be read from the packet's bytes again: messages of a stream, decrypted parts.</summary>
public abstract class LayerDetail
{
    /// <summary>Tells its fields.</summary>
    public abstract void Describe(in LayerEntry entry, IFieldSink sink);
}
