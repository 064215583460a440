namespace NetLab.Osi.Application.OpenSystems;

/// <summary>What the ends of ISO transport in a stream have said: the beginnings of units whose end has not come, and what contexts carry.</summary>
internal sealed class OsiAssociation
{
    // Those of an association are two or three.
    private const int MaxContexts = 16;

    private readonly List<(int Context, bool IsControl)> _contexts = [];

    /// <summary>What waits of the client's.</summary>
    public byte[] Client { get; private set; } = [];

    /// <summary>What waits of the server's.</summary>
    public byte[] Server { get; private set; } = [];

    // 2.2.1.0.1 is association control (ISO 8650-1), 1.0.9506.2.1 and 1.0.9506.2.3 MMS.
    private static ReadOnlySpan<byte> AssociationControl => [0x52, 1, 0, 1];

    private static ReadOnlySpan<byte> MessageSpecification => [0x28, 0xCA, 0x22, 2];

    /// <summary>Remembers what waits.</summary>
    public void Keep(bool fromClient, byte[] bytes) => _ = fromClient ? Client = bytes : Server = bytes;

    /// <summary>Remembers what a context carries, if it is known.</summary>
    /// <param name="context">Its number.</param>
    /// <param name="syntax">The object identifier of its abstract syntax.</param>
    public void Define(int context, ReadOnlySpan<byte> syntax)
    {
        bool isControl = syntax.SequenceEqual(AssociationControl);
        if ((isControl || syntax.StartsWith(MessageSpecification)) && _contexts.Count < MaxContexts)
        {
            _contexts.RemoveAll(c => c.Context == context);
            _contexts.Add((context, isControl));
        }
    }

    /// <summary>Whether a context carries association control.</summary>
    public bool IsControl(int context) => _contexts.Contains((context, true));

    /// <summary>Whether a context carries MMS.</summary>
    public bool IsMms(int context) => _contexts.Contains((context, false));
}
