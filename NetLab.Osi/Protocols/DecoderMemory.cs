namespace NetLab.Osi.Protocols;

/// <summary>What the code of protocols remembers from packet to packet, one memory a decoder and thread: nothing in it is shared.</summary>
internal sealed class DecoderMemory
{
    private object?[] _values = new object?[16];

    /// <summary>The value of a slot, made when it is asked for first.</summary>
    public T Recall<T>(MemorySlot<T> slot)
        where T : class
    {
        int index = slot.Index;
        return index < _values.Length && _values[index] is { } value ? System.Runtime.CompilerServices.Unsafe.As<T>(value) : Make(slot);
    }

    private T Make<T>(MemorySlot<T> slot)
        where T : class
    {
        if (slot.Index >= _values.Length)
        {
            Array.Resize(ref _values, Math.Max(slot.Index + 1, 2 * _values.Length));
        }

        T value = slot.Create();
        _values[slot.Index] = value;
        return value;
    }
}
