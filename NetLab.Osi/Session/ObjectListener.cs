using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>Who is told of whole files and messages that datagrams carried; streams have it in their options.</summary>
internal sealed class ObjectListener
{
    public static readonly MemorySlot<ObjectListener> Slot = new(static () => new ObjectListener());

    /// <summary>Told of each; null when nobody asked, so that nothing is put together.</summary>
    public Action<CarriedObject>? Found { get; set; }
}
