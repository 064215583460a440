namespace NetLab.Osi.Filters;

/// <summary>Bytes that a filter makes while it looks at a packet, and lists that are used again.</summary>
internal sealed class FilterScratch
{
    private readonly Stack<List<FilterValue>> _lists = new();
    private byte[] _bytes = new byte[256];
    private int _used;

    public void Clear() => _used = 0;

    public List<FilterValue> Rent() => _lists.TryPop(out List<FilterValue>? list) ? list : [];

    public void Return(List<FilterValue> list)
    {
        list.Clear();
        _lists.Push(list);
    }

    /// <summary>Keeps bytes until the next packet.</summary>
    public FilterValue Keep(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _used < bytes.Length)
        {
            // Values that stand in the one before keep it alive as long as they need it.
            _bytes = new byte[Math.Max(2 * _bytes.Length, bytes.Length)];
            _used = 0;
        }

        bytes.CopyTo(_bytes.AsSpan(_used));
        var value = new FilterValue(0, _bytes, _used, bytes.Length);
        _used += bytes.Length;
        return value;
    }
}
