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

    /// <summary>Whether any value is such; a look at all of them.</summary>
    /// <param name="isSuch">Says of a value; never of the type's default.</param>
    public bool Any(Predicate<T> isSuch) => Array.FindIndex(_values, 0, _used, isSuch) >= 0;

    /// <summary>Gives a value back and forgets it.</summary>
    public T Take(int slot)
    {
        T value = _values[slot];
        _values[slot] = default!;
        _free.Push(slot);
        return value;
    }
}
