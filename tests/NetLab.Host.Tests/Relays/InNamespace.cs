using System.Diagnostics;

namespace NetLab.Host.Tests.Relays;

/// <summary>A program that runs in a network namespace.</summary>
internal sealed class InNamespace : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("NETLAB_TUN_MEGABYTES") is null ? 120 : 1200);

    private readonly Process _process;
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<byte[]> _output;

    private InNamespace(string name, string program, string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", name, program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } said)
            {
                lock (_errors)
                {
                    _errors.Add(said);
                }

                foreach (string mark in (string[])["listening on ", "try: ", "Capturing on "])
                {
                    if (said.StartsWith(mark, StringComparison.Ordinal))
                    {
                        _listening.TrySetResult(said[mark.Length..]);
                    }
                }
            }
        };
        _process.BeginErrorReadLine();
        _output = Task.Run(async () =>
        {
            using var bytes = new MemoryStream();
            await _process.StandardOutput.BaseStream.CopyToAsync(bytes);
            return bytes.ToArray();
        });
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    public static InNamespace Start(string name, string program, params string[] arguments) => new(name, program, arguments);

    /// <summary>This command.</summary>
    public static InNamespace Nlab(string name, params string[] arguments) => new(name, "dotnet", [Path.Combine(AppContext.BaseDirectory, "nlab.dll"), .. arguments]);

    /// <summary>Waits until it says that it listens, or that it is ready.</summary>
    public async Task<string> Listening()
    {
        Task ended = _process.WaitForExitAsync();
        return await Task.WhenAny(_listening.Task, ended).WaitAsync(Patience) == ended && !_listening.Task.IsCompleted
            ? throw new IOException($"it ended with {_process.ExitCode}: {Errors}")
            : await _listening.Task;
    }

    /// <summary>Gives it its input.</summary>
    public async Task Write(byte[] bytes)
    {
        try
        {
            await Input.WriteAsync(bytes);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has gone; its end says why.
        }
    }

    /// <summary>Waits for its end, which has to be a good one, and for what it printed.</summary>
    public async Task<byte[]> Output()
    {
        byte[] output = await _output.WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.WaitForExit();
        Assert.True(_process.ExitCode == 0, $"it ended with {_process.ExitCode}: {Errors}");
        return output;
    }

    /// <summary>Ctrl-C, and the end of it.</summary>
    public async Task Interrupt()
    {
        using Process kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
