using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NetLab.Host.Tests;

/// <summary>The command run as its users run it: a process of its own.</summary>
internal sealed class Nlab : IDisposable
{
    private readonly Process _process;
    private readonly System.Text.StringBuilder _output = new();
    private readonly System.Text.StringBuilder _errors = new();
    private readonly SemaphoreSlim _printed = new(0);
    private readonly Task _reading;
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Nlab(string? folder, string[] arguments, string? path = null, IReadOnlyDictionary<string, string>? environment = null, string[]? within = null)
    {
        string[] words = [.. within ?? [], "dotnet", Path.Combine(AppContext.BaseDirectory, "nlab.dll"), .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                lock (_output)
                {
                    _errors.AppendLine(line.Data);
                }

                _printed.Release();
                foreach (string mark in (string[])["listening on ", "link "])
                {
                    if (line.Data.StartsWith(mark, StringComparison.Ordinal))
                    {
                        _listening.TrySetResult(line.Data[mark.Length..]);
                    }
                }
            }
        };
        _process.BeginErrorReadLine();
        _reading = Task.Run(ReadOutput);
    }

    public StreamWriter Input => _process.StandardInput;

    public static Nlab Start(string? folder, params string[] arguments) => new(folder, arguments);

    public static Nlab Start(string? folder, string verb, IEnumerable<string> arguments) => new(folder, [verb, .. arguments]);

    /// <summary>Starts it in a network namespace.</summary>
    public static Nlab StartIn(string name, string? folder, params string[] arguments) => new(folder, arguments, within: ["ip", "netns", "exec", name]);

    /// <summary>Runs to the end where no other program is installed.</summary>
    public static async Task<Ended> RunAlone(params string[] arguments)
    {
        DirectoryInfo nothing = Directory.CreateTempSubdirectory("nlab-no-tools-");
        try
        {
            using var nlab = new Nlab(nothing.FullName, arguments, nothing.FullName);
            return await nlab.End();
        }
        finally
        {
            nothing.Delete(recursive: true);
        }
    }

    /// <summary>Runs to the end with variables of the environment set.</summary>
    public static async Task<Ended> RunWith(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var nlab = new Nlab(null, arguments, environment: environment);
        return await nlab.End();
    }

    /// <summary>Runs to the end.</summary>
    public static Task<Ended> Run(params string[] arguments) => Run(null, arguments);

    public static async Task<Ended> Run(DirectoryInfo? folder, params string[] arguments)
    {
        using Nlab nlab = Start(folder?.FullName, arguments);
        return await nlab.End();
    }

    /// <summary>Waits until it says that it listens, and where.</summary>
    public Task<string> Listening() => _listening.Task.WaitAsync(Patience);

    /// <summary>Waits until standard output contains a text.</summary>
    public Task Printed(string text) => Contains(_output, text);

    /// <summary>Waits until standard error contains a text.</summary>
    public Task Complained(string text) => Contains(_errors, text);

    private async Task Contains(System.Text.StringBuilder said, string text)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            lock (_output)
            {
                if (said.ToString().Contains(text, StringComparison.Ordinal))
                {
                    return;
                }
            }

            await _printed.WaitAsync(late.Token);
        }
    }

    /// <summary>What it has printed until now.</summary>
    public string OutputSoFar()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }

    /// <summary>What it has said on standard error until now.</summary>
    public string ErrorsSoFar()
    {
        lock (_output)
        {
            return _errors.ToString();
        }
    }

    /// <summary>Waits for its end.</summary>
    public async Task<Ended> End()
    {
        using var late = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(late.Token);
        _process.WaitForExit();
        await _reading;
        return new Ended(_process.ExitCode, _output.ToString(), _errors.ToString());
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => Assert.Equal(0, Kill(_process.Id, 2));

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        _printed.Dispose();
    }

    private async Task ReadOutput()
    {
        char[] buffer = new char[4096];
        int read;
        while ((read = await _process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            lock (_output)
            {
                _output.Append(buffer, 0, read);
            }

            _printed.Release();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    internal sealed record Ended(int ExitCode, string Output, string Errors);
}
