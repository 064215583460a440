using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NetLab.Benchmarks.Indexing;

/// <summary><c>nlab ui</c> with a capture, in a process of its own, and what it says and takes.</summary>
internal sealed class ServedPage : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private ServedPage(Process process, Uri address) => (_process, _client) = (process, new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) });

    /// <summary>Seconds of processor time so far.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>The most memory that it had at once, in megabytes (Linux; elsewhere what it has now).</summary>
    public double PeakMegabytes
    {
        get
        {
            string status = $"/proc/{_process.Id}/status";
            if (File.Exists(status) && Array.Find(File.ReadAllLines(status), l => l.StartsWith("VmHWM", StringComparison.Ordinal)) is { } line)
            {
                return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
            }

            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    public static ServedPage Start(string capture)
    {
        string nlab = Path.Combine(AppContext.BaseDirectory, "nlab.dll");
        Process process = Process.Start(new ProcessStartInfo("dotnet", [nlab, "ui", capture, "--no-open", "--no-token"]) { RedirectStandardOutput = true })!;
        return new ServedPage(process, new Uri(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("nlab ui did not start")));
    }

    /// <summary>Waits until the capture was read.</summary>
    /// <returns>Its packets.</returns>
    public long WaitForIndex()
    {
        while (true)
        {
            JsonElement capture = Get("captures/1");
            if (capture.GetProperty("complete").GetBoolean())
            {
                return capture.GetProperty("packets").GetInt64();
            }

            // Seldom: it takes the time it measures.
            Task.Delay(20).Wait();
        }
    }

    /// <summary>Milliseconds that an answer takes.</summary>
    public double Milliseconds(string path)
    {
        long began = Stopwatch.GetTimestamp();
        Get(path);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private JsonElement Get(string path) => JsonDocument.Parse(_client.GetByteArrayAsync(new Uri(path, UriKind.Relative)).GetAwaiter().GetResult()).RootElement;
}
