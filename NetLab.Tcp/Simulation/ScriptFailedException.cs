namespace NetLab.Tcp.Simulation;

/// <summary>A script's expectation was not met; the message tells the whole conversation up to that point.</summary>
public sealed class ScriptFailedException : Exception
{
    /// <summary>Makes one without a message.</summary>
    public ScriptFailedException()
    {
    }

    /// <summary>Makes one.</summary>
    public ScriptFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a cause.</summary>
    public ScriptFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
