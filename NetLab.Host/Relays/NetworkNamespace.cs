using System.Diagnostics;
using NetLab.Host.Settings;

namespace NetLab.Host.Relays;

/// <summary>
/// A network namespace of Linux that this process made, by ip(8), and takes down again. Which process made it stands in a file, so that what one that was
/// killed has left is found and removed by the next.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private static readonly MakerMarks Marks = new("namespaces");

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

        Marks.Add(name);
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
        foreach (string name in Marks.Abandoned())
        {
            bool isThere = File.Exists($"/run/netns/{name}");
            new NetworkNamespace(name).Dispose();
            if (isThere)
            {
                removed.Add(name);
            }
        }

        return removed;
    }

    /// <summary>That of this process, by the number of its inode; net:[4026531840] is what the system says.</summary>
    public static string Here => string.Concat((new FileInfo("/proc/self/ns/net").LinkTarget ?? "").Where(char.IsAsciiDigit));

    /// <summary>Has ip do something in it.</summary>
    /// <exception cref="UsageException">It failed: its own words.</exception>
    public void Run(params string[] arguments) => Ip(["-n", Name, .. arguments]);

    /// <summary>Sets one of its kernel's settings.</summary>
    /// <param name="path">Below /proc/sys.</param>
    /// <param name="value">What is written there.</param>
    /// <exception cref="UsageException">It failed: its own words.</exception>
    public void Set(string path, string value) => Ip("netns", "exec", Name, "sh", "-c", $"echo {value} > /proc/sys/{path}");

    /// <inheritdoc/>
    public void Dispose()
    {
        // Devices go with it, and so does what is bound to them; a process in it keeps it until it ends.
        if (File.Exists(Path))
        {
            TryIp(["netns", "del", Name]);
        }

        Marks.Remove(Name);
    }

    /// <summary>Has ip do something.</summary>
    /// <exception cref="UsageException">It failed: its own words.</exception>
    public static void Ip(params string[] arguments)
    {
        if (TryIp(arguments) is { } failed)
        {
            throw new UsageException(failed);
        }
    }

    /// <summary>The same where a failure is an answer: its words, or null.</summary>
    public static string? TryIp(string[] arguments)
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
