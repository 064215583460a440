using Microsoft.Extensions.Logging;

namespace NetLab.Host.Tests.Services;

/// <summary>Loggers of which those of NetLab's TCP throw once they are told to: what they do on the endpoint's own thread ends it.</summary>
internal sealed class FailingLoggers : ILoggerFactory, ILogger
{
    private bool _isTcp;

    /// <summary>Whether they throw now.</summary>
    public bool IsArmed { get; set; }

    private FailingLoggers? Parent { get; init; }

    public ILogger CreateLogger(string categoryName) => new FailingLoggers { Parent = this, _isTcp = categoryName == "NetLab.Tcp" };

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (_isTcp && Parent!.IsArmed)
        {
            Parent.IsArmed = false;
            throw new InvalidOperationException("the log is full");
        }
    }

    public void Dispose()
    {
    }
}
