namespace NetLab.Udp.Links;

/// <summary>Values by small numbers that are used again: nothing is allocated once it has been as full as it gets.</summary>
internal sealed class SlotTable<T>
{
    private readonly Stack<int> _free = new();
    private T[] _values = new T[16];
    private int _used;

    /// <summary>Keeps a value, and says under which number.</summary>
    public int Add(in T value)
    {
        if (!_free.TryPop(out int slot))
        {
            if (_used == _values.Length)
            {
                Array.Resize(ref _values, 2 * _used);
            }

            slot = _used++;
        }

        _values[slot] = value;
        return slot;
    }

    /// <summary>Gives a value back and forgets it.</summary>
    public T Take(int slot)
    {
        T value = _values[slot];
        _values[slot] = default!;
        _free.Push(slot);
        return value;
    }
}
