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
    private readonly List<string> _waiting = [];
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

    /// <summary>The names of those whose first bytes have not come yet, and of those that turned out to be none, with why.</summary>
    public IReadOnlyList<string> Waiting
    {
        get
        {
            lock (_all)
            {
                return [.. _waiting];
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
        int id;
        lock (_all)
        {
            RequireRoom();
            id = ++_lastId;
        }

        OpenCapture capture;
        try
        {
            // Others are asked for meanwhile: the first bytes of a pipe may take their time.
            capture = OpenCapture.Open(id, name, input, temporaryFile);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            string said = temporaryFile is null ? error.Message : error.Message.Replace(temporaryFile, name, StringComparison.Ordinal);
            throw new UsageException(said);
        }

        lock (_all)
        {
            if (_all.Count < MaxOpen)
            {
                _all.Add(capture);
                return capture;
            }
        }

        // It goes without its file, which is whoever's that brought it in.
        _ = capture.DisposeAsync().AsTask();
        throw new ProblemException(TooMany);
    }

    /// <summary>Opens a capture whose first bytes may take their time: a pipe, or a file that another program is about to write.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="input">What to read.</param>
    /// <returns>Ends when it is open, with null, or when it turned out to be none, with why.</returns>
    public Task<string?> OpenLater(string name, CaptureInput input)
    {
        lock (_all)
        {
            _waiting.Add(name);
        }

        // A pipe into which nothing is written never opens.
        return Task.Factory.StartNew(Wait, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        string? Wait()
        {
            string? wrong = null;
            try
            {
                Open(name, input);
            }
            catch (Exception error) when (error is UsageException or ProblemException)
            {
                wrong = error.Message;
            }

            lock (_all)
            {
                _waiting.Remove(name);
                if (wrong is not null)
                {
                    _waiting.Add(wrong);
                }
            }

            return wrong;
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

    private static Problem TooMany => Problem.Conflict($"{MaxOpen} captures are open, and no more");

    private void RequireRoom()
    {
        if (_all.Count >= MaxOpen)
        {
            throw new ProblemException(TooMany);
        }
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
