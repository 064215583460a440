namespace NetLab.Osi.Protocols;

/// <summary>
/// Says of a layer that it ends before the least that its protocol needs: only the fields that stand at places of their own are
/// told, as far as the bytes go, since the protocol's own code counts on the rest.
/// </summary>
internal sealed class CutMessage : LayerFacts
{
    public static readonly CutMessage Value = new();

    private CutMessage()
    {
    }
}
