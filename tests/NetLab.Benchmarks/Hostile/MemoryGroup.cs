using System.Globalization;

namespace NetLab.Benchmarks.Hostile;

/// <summary>A control group of Linux with so much memory; processes that join it are ended by the system when they want more.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private readonly string _folder;
    private readonly bool _isSecond;

    private MemoryGroup(string folder, bool isSecond) => (_folder, _isSecond) = (folder, isSecond);

    /// <summary>The file that a process writes its number to, to join.</summary>
    public string Processes => Path.Combine(_folder, "cgroup.procs");

    /// <summary>The most that its processes ever held, in bytes.</summary>
    public long Peak => long.Parse(File.ReadAllText(Path.Combine(_folder, _isSecond ? "memory.peak" : "memory.max_usage_in_bytes")), CultureInfo.InvariantCulture);

    /// <summary>Makes one, of version 2 or 1.</summary>
    /// <param name="bytes">How much memory; none is swapped out.</param>
    /// <param name="why">Why there is none.</param>
    public static MemoryGroup? TryCreate(long bytes, out string why)
    {
        bool isSecond = File.Exists(Path.Combine(Root, "cgroup.controllers"));
        string parent = isSecond ? Root : Path.Combine(Root, "memory");
        string folder = Path.Combine(parent, $"netlab-{Environment.ProcessId}");
        why = "";
        if (!OperatingSystem.IsLinux() || !Directory.Exists(parent))
        {
            why = "there are no control groups here";
            return null;
        }

        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, isSecond ? "memory.max" : "memory.limit_in_bytes"), bytes.ToString(CultureInfo.InvariantCulture));
            return new MemoryGroup(folder, isSecond);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            why = $"no control group can be made: {error.Message}";
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder);
            }

            return null;
        }
    }

    /// <summary>Removes it; its processes have ended.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // A process of it has not quite gone: the system's to clean up.
        }
    }
}
