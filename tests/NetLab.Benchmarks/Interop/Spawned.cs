using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace NetLab.Benchmarks.Interop;

/// <summary>A program that runs in a network namespace. What it prints is summed up, not kept.</summary>
internal sealed class Spawned : IAsyncDisposable
{
    // A hundred megabytes of Reno through a link that loses one packet in twenty.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private const int MaxText = 1 << 20;

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<(string Hash, string Text)> _output;
    private readonly Task _watching;

    private Spawned(string? name, string program, IReadOnlyList<string> words)
    {
        string[] all = name is null ? [program, .. words] : ["ip", "netns", "exec", name, program, .. words];
        _process = Process.Start(new ProcessStartInfo(all[0], all[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _output = Task.Run(SumUpAsync);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Starts one.</summary>
    /// <param name="name">The namespace; null for this process's.</param>
    /// <param name="program">Its name.</param>
    /// <param name="words">Its command line.</param>
    public static Spawned Start(string? name, string program, params IReadOnlyList<string> words) => new(name, program, words);

    /// <summary>The command of this build.</summary>
    public static Spawned Nlab(string? name, params IReadOnlyList<string> words) => new(name, "dotnet", [Path.Combine(AppContext.BaseDirectory, "nlab.dll"), .. words]);

    /// <summary>Waits until it says on standard error that it listens, or that it is ready.</summary>
    /// <exception cref="IOException">It ended before.</exception>
    public async Task ReadyAsync()
    {
        await Task.WhenAny(_ready.Task, _watching).WaitAsync(Patience).ConfigureAwait(false);
        if (!_ready.Task.IsCompleted)
        {
            throw new IOException(Errors.Trim());
        }
    }

    /// <summary>What it said on standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Gives it its input, and the end of it.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(bytes).ConfigureAwait(false);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has gone; its end says why.
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The SHA-256 of what it printed, and that as text as far as it is short.</returns>
    /// <exception cref="IOException">It failed, or did not end.</exception>
    public async Task<(string Hash, string Text)> EndAsync()
    {
        try
        {
            (string Hash, string Text) output = await _output.WaitAsync(Patience).ConfigureAwait(false);
            await _process.WaitForExitAsync().WaitAsync(Patience).ConfigureAwait(false);
            await _watching.ConfigureAwait(false);
            return _process.ExitCode == 0 ? output : throw new IOException($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} ended with {_process.ExitCode}: {Errors.Trim()}");
        }
        catch (TimeoutException)
        {
            throw new IOException($"{string.Join(' ', _process.StartInfo.ArgumentList)}: not done in {Patience.TotalMinutes} minutes");
        }
    }

    /// <summary>Ctrl-C, where it still runs, and the end of it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (Process kill = Process.Start("kill", ["-INT", $"{_process.Id}"]))
            {
                await kill.WaitForExitAsync().ConfigureAwait(false);
            }

            if (await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(20))).ConfigureAwait(false) is not null && !_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync().ConfigureAwait(false);
            }
        }

        _process.Dispose();
    }

    private async Task<(string Hash, string Text)> SumUpAsync()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var text = new StringBuilder();
        byte[] buffer = new byte[1 << 16];
        while (await _process.StandardOutput.BaseStream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var read)
        {
            hash.AppendData(buffer.AsSpan(0, read));
            if (text.Length < MaxText)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }

        return (Convert.ToHexString(hash.GetHashAndReset()), text.ToString());
    }

    private async Task WatchAsync()
    {
        while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }

            if (line.StartsWith("listening on ", StringComparison.Ordinal) || line.StartsWith("try: ", StringComparison.Ordinal) || line.StartsWith("Capturing on ", StringComparison.Ordinal))
            {
                _ready.TrySetResult();
            }
        }
    }
}
