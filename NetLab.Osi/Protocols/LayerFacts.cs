namespace NetLab.Osi.Protocols;

/// <summary>
/// What messages before this one say of it: the request that a response answers, a name that a number stands for. The layer's
/// bytes are told by its protocol all the same, which finds the facts in <see cref="LayerEntry.Detail"/>.
/// </summary>
public abstract class LayerFacts : LayerDetail
{
    /// <inheritdoc/>
    public sealed override void Describe(in LayerEntry entry, IFieldSink sink)
    {
    }
}
