using Microsoft.Extensions.Logging;

namespace NetLab.Cluster.Nodes;

/// <summary>Tells somebody of Orleans' warnings, a line each; or nobody.</summary>
internal sealed class LineLogger(Action<string>? log) : ILoggerProvider, ILogger
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => log is not null && logLevel >= LogLevel.Warning;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            log!($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : $": {exception.GetBaseException().Message}")}".ReplaceLineEndings(" "));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
