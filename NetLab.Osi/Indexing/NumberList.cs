namespace NetLab.Osi.Indexing;

/// <summary>A packet's number for each conversation's number, zero at first.</summary>
internal sealed class NumberList
{
    private long[] _numbers = new long[1024];

    /// <summary>The number of a conversation.</summary>
    public long this[int conversation] => conversation >= 0 && conversation < _numbers.Length ? Volatile.Read(ref _numbers[conversation]) : 0;

    /// <summary>Sets the number of a conversation.</summary>
    /// <returns>The one before.</returns>
    public long Exchange(int conversation, long number)
    {
        if (conversation >= _numbers.Length)
        {
            Array.Resize(ref _numbers, Math.Max(_numbers.Length * 2, conversation + 1));
        }

        long before = _numbers[conversation];
        _numbers[conversation] = number;
        return before;
    }
}
