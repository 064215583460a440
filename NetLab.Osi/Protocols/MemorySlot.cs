namespace NetLab.Osi.Protocols;

/// <summary>
/// A place in a decoder's memory for what a protocol's code remembers from packet to packet. Declared once, as a static value;
/// each decoder has a value of its own in it. What is kept there is the protocol's to bound: a capture may be hostile.
/// </summary>
/// <typeparam name="T">What is remembered.</typeparam>
/// <param name="create">Makes it, when it is first asked for.</param>
public sealed class MemorySlot<T>(Func<T> create)
    where T : class
{
    internal Func<T> Create { get; } = create;

    internal int Index { get; } = MemorySlots.Next();
}
