using NetLab.Host.Captures;
using NetLab.Host.Http;
using NetLab.Host.Settings;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Page;

/// <summary>The captures that the page shows. Safe for several threads.</summary>
/// <param name="protocols">The protocols that are known.</param>
internal sealed class OpenCaptures(ProtocolRegistry protocols) : IAsyncDisposable
{
    /// <summary>How many may be open at once: each has files and a thread.</summary>
    public const int MaxOpen = 16;

    private readonly List<OpenCapture> _all = [];
    private int _lastId;

    /// <summary>The protocols that are known.</summary>
    public ProtocolRegistry Protocols => protocols;

    /// <summary>Those that are open, in the order in which they were opened.</summary>
    public IReadOnlyList<OpenCapture> All
    {
        get
        {
            lock (_all)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>One of them.</summary>
    /// <param name="id">Its number; null for the one opened last.</param>
    /// <exception cref="ProblemException">404: there is none.</exception>
    public OpenCapture Get(long? id)
    {
        lock (_all)
        {
            return (id is null ? _all.LastOrDefault() : _all.Find(c => c.Id == id))
                ?? throw new ProblemException(Problem.NotFound(id is null ? "no capture is open" : $"there is no capture {id}"));
        }
    }

    /// <summary>Opens a capture.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="input">What to read.</param>
    /// <param name="temporaryFile">A file that is deleted with it; or null.</param>
    /// <exception cref="ProblemException">409: too many are open.</exception>
    /// <exception cref="UsageException">It is no capture, or cannot be read.</exception>
    public OpenCapture Open(string name, CaptureInput input, string? temporaryFile = null)
    {
        lock (_all)
        {
            if (_all.Count >= MaxOpen)
            {
                throw new ProblemException(Problem.Conflict($"{MaxOpen} captures are open, and no more"));
            }

            try
            {
                var capture = OpenCapture.Open(++_lastId, name, input, temporaryFile);
                _all.Add(capture);
                return capture;
            }
            catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                string said = temporaryFile is null ? error.Message : error.Message.Replace(temporaryFile, name, StringComparison.Ordinal);
                throw new UsageException(said);
            }
        }
    }

    /// <summary>Closes one.</summary>
    public async Task CloseAsync(OpenCapture capture)
    {
        lock (_all)
        {
            _all.Remove(capture);
        }

        await capture.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (OpenCapture capture in All)
        {
            await CloseAsync(capture).ConfigureAwait(false);
        }
    }
}
