using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;

namespace NetLab.Host.Measurement;

/// <summary>This program run again as a process of its own: one half of a measurement must not share its runtime with the other.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // How this program says that something is wrong.
    private const string Complaint = "nlab: ";

    private readonly Process _process;
    private readonly Channel<string> _output = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _lastError = "";

    /// <summary>Starts it.</summary>
    /// <param name="arguments">Its command line. Its standard input stays open as long as this process lives.</param>
    /// <param name="within">What its command line begins with, such as to enter a network namespace; nothing for itself.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public ChildProcess(IEnumerable<string> arguments, IReadOnlyList<string> within)
    {
        string host = Environment.ProcessPath ?? throw new IOException("this program does not know where it lies");
        bool isRuntime = Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string[] words = [.. within, host, .. isRuntime ? (string[])[typeof(ChildProcess).Assembly.Location] : [], .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null || !_output.Writer.TryWrite(line.Data))
            {
                _output.Writer.TryComplete();
            }
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            const string Listening = "listening on ";
            if (line.Data?.StartsWith(Listening, StringComparison.Ordinal) == true)
            {
                _listening.TrySetResult(line.Data[Listening.Length..]);
            }
            else if (!string.IsNullOrEmpty(line.Data) && (line.Data.StartsWith(Complaint, StringComparison.Ordinal) || !_lastError.StartsWith(Complaint, StringComparison.Ordinal)))
            {
                // What went wrong is not hidden by what is said behind it.
                _lastError = line.Data;
            }
        };
        try
        {
            _process.Start();
        }
        catch (Win32Exception error)
        {
            throw new IOException($"{host} cannot be run: {error.Message}", error);
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it prints, line by line, to its end.</summary>
    public IAsyncEnumerable<string> Output => _output.Reader.ReadAllAsync();

    /// <summary>Waits until it says where it listens.</summary>
    /// <exception cref="IOException">It ended, or said nothing in time.</exception>
    public async Task<string> ListeningAsync(CancellationToken cancellationToken)
    {
        Task ended = _process.WaitForExitAsync(cancellationToken);
        Task first = await Task.WhenAny(_listening.Task, ended, Task.Delay(Patience, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return first == _listening.Task ? await _listening.Task.ConfigureAwait(false) : throw Failure("it does not listen");
    }

    /// <summary>Ends its standard input: its sign to stop.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Kills it, and what it started.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="IOException">It failed; says what it said.</exception>
    public Task EndAsync() => EndOrKillAsync(CancellationToken.None);

    /// <summary>Waits for its end, and brings it about.</summary>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="IOException">It failed; says what it said.</exception>
    public async Task EndOrKillAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration kill = cancellationToken.Register(Kill);
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (_process.ExitCode != 0)
        {
            throw Failure($"it ended with {_process.ExitCode}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // The end of its input is its sign to stop; what does not heed it is killed.
            _process.StandardInput.Close();
            using var late = new CancellationTokenSource(Patience);
            try
            {
                await _process.WaitForExitAsync(late.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private IOException Failure(string otherwise) =>
        new(_lastError.Length == 0 ? otherwise : _lastError.StartsWith(Complaint, StringComparison.Ordinal) ? _lastError[Complaint.Length..] : _lastError);
}
