namespace NetLab.Host.Names;

/// <summary>What a server of names has answered. Safe for use by several threads.</summary>
internal sealed class DnsCounts
{
    private long _datagrams;
    private long _streams;
    private long _truncated;
    private long _noData;
    private long _noName;
    private long _refused;
    private long _malformed;
    private long _notImplemented;
    private long _ignored;

    /// <summary>They, by name.</summary>
    public IEnumerable<(string Name, long Value)> All =>
    [
        ("questions_by_datagram", Interlocked.Read(ref _datagrams)),
        ("questions_by_stream", Interlocked.Read(ref _streams)),
        ("answers_truncated", Interlocked.Read(ref _truncated)),
        ("answers_without_data", Interlocked.Read(ref _noData)),
        ("answers_without_name", Interlocked.Read(ref _noName)),
        ("questions_refused", Interlocked.Read(ref _refused)),
        ("questions_malformed", Interlocked.Read(ref _malformed)),
        ("questions_not_implemented", Interlocked.Read(ref _notImplemented)),
        ("messages_ignored", Interlocked.Read(ref _ignored)),
    ];

    /// <summary>Counts what is no question and gets no answer.</summary>
    public void CountIgnored() => Interlocked.Increment(ref _ignored);

    /// <summary>Counts an answer.</summary>
    public void Count(int code, bool isEmpty, bool isCut, bool isStream)
    {
        Interlocked.Increment(ref isStream ? ref _streams : ref _datagrams);
        if (isCut)
        {
            Interlocked.Increment(ref _truncated);
        }

        if (isEmpty)
        {
            Interlocked.Increment(ref _noData);
        }

        switch (code)
        {
            case ResponseCode.NameError:
                Interlocked.Increment(ref _noName);
                break;
            case ResponseCode.Refused:
                Interlocked.Increment(ref _refused);
                break;
            case ResponseCode.FormatError or ResponseCode.BadVersion:
                Interlocked.Increment(ref _malformed);
                break;
            case ResponseCode.NotImplemented:
                Interlocked.Increment(ref _notImplemented);
                break;
        }
    }
}
