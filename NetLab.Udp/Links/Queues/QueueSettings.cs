namespace NetLab.Udp.Links.Queues;

/// <summary>Which queue waits before a line, and its parameters.</summary>
public abstract record QueueSettings
{
    private protected QueueSettings()
    {
    }

    /// <summary>The name in a link string.</summary>
    public abstract string Name { get; }

    /// <summary>How many datagrams may wait unless a limit is named; <see cref="int.MaxValue"/> where bytes limit it.</summary>
    public virtual int DefaultDatagrams => 1_000;
}
