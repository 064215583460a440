namespace NetLab.Osi.Indexing;

/// <summary>
/// A packet's number for each conversation's number, zero at first. One thread writes; what it wrote others read once it is published, so
/// that they never see the number of a packet that cannot be asked for yet.
/// </summary>
internal sealed class NumberList
{
    private readonly List<int> _changed = [];
    private long[] _numbers = new long[1024];
    private long[] _published = new long[1024];

    /// <summary>The number of a conversation as it was published.</summary>
    public long this[int conversation] =>
        Volatile.Read(ref _published) is var numbers && conversation >= 0 && conversation < numbers.Length ? Volatile.Read(ref numbers[conversation]) : 0;

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

        // Packets of a conversation mostly come in a row.
        if (_changed.Count == 0 || _changed[^1] != conversation)
        {
            _changed.Add(conversation);
        }

        return before;
    }

    /// <summary>Lets readers see what was set.</summary>
    public void Publish()
    {
        long[] published = _published;
        if (published.Length < _numbers.Length)
        {
            Array.Resize(ref published, _numbers.Length);
        }

        foreach (int conversation in _changed)
        {
            Volatile.Write(ref published[conversation], _numbers[conversation]);
        }

        _changed.Clear();
        Volatile.Write(ref _published, published);
    }
}
