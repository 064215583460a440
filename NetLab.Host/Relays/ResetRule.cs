using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using NetLab.Host.Settings;
using NetLab.Udp.Devices;

namespace NetLab.Host.Relays;

/// <summary>
/// A rule of iptables that holds back the RSTs of the kernel, and not ours, which are marked: set and removed again, or only printed. That of a process that
/// was killed is found and removed by the next.
/// </summary>
internal sealed class ResetRule : IDisposable
{
    private static readonly MakerMarks Marks = new("rules");

    private readonly string? _match;
    private int _removed;

    /// <summary>Sets it, or says what it would be.</summary>
    /// <param name="match">Which segments it is about, in the words of iptables.</param>
    /// <param name="sets">Whether it is set.</param>
    /// <exception cref="UsageException">It cannot be set.</exception>
    public ResetRule(string match, bool sets)
    {
        string text = $"iptables -I {string.Join(' ', Rule(match))}";
        if (!sets)
        {
            Console.Error.WriteLine($"the kernel resets these connections unless a rule keeps it from that (?rst=drop sets it): {text}");
            return;
        }

        Marks.Add(MarkOf(match));
        if (Run("-I", match) is { } failed)
        {
            Marks.Remove(MarkOf(match));
            throw new UsageException($"rst=drop: {failed}");
        }

        _match = match;
        Console.Error.WriteLine(text);
    }

    /// <summary>Removes rules in this process's network namespace that processes have left which are no more.</summary>
    /// <returns>Which segments they are about.</returns>
    public static IReadOnlyList<string> RemoveAbandoned()
    {
        var removed = new List<string>();
        foreach (string mark in Marks.Abandoned())
        {
            if (mark.Split('@') is [var match, var where] && where == NetworkNamespace.Here)
            {
                if (Run("-D", match) is null)
                {
                    removed.Add(match);
                }

                Marks.Remove(mark);
            }
        }

        return removed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_match is { } match && Interlocked.Exchange(ref _removed, 1) == 0)
        {
            Run("-D", match);
            Marks.Remove(MarkOf(match));
        }
    }

    private static string MarkOf(string match) => $"{match}@{NetworkNamespace.Here}";

    private static string[] Rule(string match) =>
    [
        "OUTPUT", "-p", "tcp", .. match.Split(' '), "--tcp-flags", "RST", "RST",
        "-m", "mark", "!", "--mark", string.Create(CultureInfo.InvariantCulture, $"0x{RawIpDevice.Mark:x}"), "-j", "DROP",
    ];

    private static string? Run(string what, string match)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("iptables", ["-w", what, .. Rule(match)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string said = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : said.ReplaceLineEndings(" ");
        }
        catch (Win32Exception)
        {
            return "iptables is not installed";
        }
    }
}
