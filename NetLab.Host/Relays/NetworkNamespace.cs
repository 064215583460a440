using System.Diagnostics;
using System.Globalization;
using NetLab.Host.Settings;

namespace NetLab.Host.Relays;

/// <summary>
/// A network namespace of Linux that this process made, by ip(8), and takes down again. Which process made it stands in a file, so that what one that was
/// killed has left is found and removed by the next.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const string Marks = "/run/nlab/namespaces";

    private NetworkNamespace(string name) => Name = name;

    /// <summary>What ip calls it.</summary>
    public string Name { get; }

    /// <summary>Where it is mounted.</summary>
    public string Path => $"/run/netns/{Name}";

    /// <summary>Makes one with a loopback device that is up.</summary>
    /// <exception cref="UsageException">There is one of that name, ip is missing, or the right to make one.</exception>
    public static NetworkNamespace Create(string name)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new UsageException("a network namespace needs root, or CAP_SYS_ADMIN and CAP_NET_ADMIN: sudo nlab …, or unshare --map-root-user --net --mount");
        }

        if (File.Exists($"/run/netns/{name}"))
        {
            throw new UsageException($"namespace '{name}': there is one of that name already");
        }

        Directory.CreateDirectory(Marks);

        // Whole from the first moment: half of it would say that nobody is there who made the namespace.
        string written = $"/run/nlab/{name}.new";
        File.WriteAllText(written, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {StartOf(Environment.ProcessId)}"));
        File.Move(written, MarkOf(name), overwrite: true);
        var made = new NetworkNamespace(name);
        try
        {
            Ip("netns", "add", name);
            made.Run("link", "set", "lo", "up");
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Removes those that processes have left which are no more.</summary>
    /// <returns>Their names.</returns>
    public static IReadOnlyList<string> RemoveAbandoned()
    {
        var removed = new List<string>();
        if (!Directory.Exists(Marks))
        {
            return removed;
        }

        foreach (string mark in Directory.EnumerateFiles(Marks).Order(StringComparer.Ordinal))
        {
            string name = System.IO.Path.GetFileName(mark);
            string[] maker = Read(mark).Split(' ');
            if (maker is [var id, var start] && int.TryParse(id, CultureInfo.InvariantCulture, out int process) && StartOf(process) == start)
            {
                continue;
            }

            bool isThere = File.Exists($"/run/netns/{name}");
            new NetworkNamespace(name).Dispose();
            if (isThere)
            {
                removed.Add(name);
            }
        }

        return removed;
    }

    /// <summary>Has ip do something in it.</summary>
    /// <exception cref="UsageException">It failed: its own words.</exception>
    public void Run(params string[] arguments) => Ip(["-n", Name, .. arguments]);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Devices go with it, and so does what is bound to them; a process in it keeps it until it ends.
        if (File.Exists(Path))
        {
            TryIp(["netns", "del", Name]);
        }

        File.Delete(MarkOf(Name));
    }

    private static string MarkOf(string name) => System.IO.Path.Combine(Marks, name);

    private static string Read(string mark)
    {
        try
        {
            return File.ReadAllText(mark).Trim();
        }
        catch (FileNotFoundException)
        {
            // Taken down just now by whoever made it.
            return "";
        }
    }

    // Numbers of processes come round: with the moment of its start one is known for sure (proc(5), field 22 of stat).
    private static string StartOf(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

            // One that has ended, and whose end nobody has taken note of, is still listed.
            return fields[0] is "Z" or "X" ? "" : fields[19];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static void Ip(params string[] arguments)
    {
        if (TryIp(arguments) is { } failed)
        {
            throw new UsageException(failed);
        }
    }

    private static string? TryIp(string[] arguments)
    {
        try
        {
            using Process ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> output = ip.StandardOutput.ReadToEndAsync();
            string said = ip.StandardError.ReadToEnd().Trim();
            ip.WaitForExit();
            output.Wait();
            return ip.ExitCode == 0 ? null : $"ip {string.Join(' ', arguments)}: {said.ReplaceLineEndings(" ")}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "ip: is not installed; Debian's package is iproute2";
        }
    }
}
