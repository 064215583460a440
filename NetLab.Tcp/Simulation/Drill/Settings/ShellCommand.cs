using NetLab.Tcp.Options;

namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>The commands between backquotes: nothing is run; what they set is set here, and the rest is known to change nothing or is refused.</summary>
internal static class ShellCommand
{
    // Programs that prepare a system and leave what a connection sends as it is.
    private static readonly HashSet<string> Harmless = ["kldload", "kldunload", "modprobe", "sync", "true", ":", "echo", "cd", "exit", "set", "export", "tc", "ethtool", "sysrc", "test", "rm", "dd", "mkdir", "touch", "chmod", "sleep", "tcpdump", "dmesg", "killall"];

    private static readonly HashSet<string> Defaults = ["defaults.sh", "set_sysctls.py", "defaults-no-ecn.sh"];

    /// <summary>Carries out a command.</summary>
    /// <returns>Why that cannot be; null if it can.</returns>
    public static string? Run(SystemSettings settings, string command)
    {
        foreach (List<string> words in Split(command))
        {
            if (words.Count > 0 && RunOne(settings, words) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    /// <summary>What a command says of the number of sockets in a state; null if it says nothing of the kind.</summary>
    public static SocketCount? CountOf(string command) => Split(command).Select(SocketCount.Of).FirstOrDefault(c => c is not null);

    private static string? RunOne(SystemSettings settings, List<string> words)
    {
        string program = words[0][(words[0].LastIndexOf('/') + 1)..];
        if (program is "sysctl" || Defaults.Contains(program))
        {
            // What Linux's suites begin with differs from the kernel's own defaults in this alone.
            settings.Ecn = program.StartsWith("defaults", StringComparison.Ordinal) ? EcnMode.Off : settings.Ecn;
            return SetAll(settings, words.Skip(1));
        }

        if (program == "tc" && words.IndexOf("limit") is > 0 and var limit && limit + 1 < words.Count && words[limit + 1] == "0")
        {
            return "tc … limit 0: whatever the machine sends leaves it";
        }

        if (program == "nstat")
        {
            return words.Contains("|") ? "nstat: the machine keeps none of a kernel's counters" : null;
        }

        words = words.Contains("|") && program is not ("sockstat" or "netstat" or "ss") ? words[..words.IndexOf("|")] : words;
        if (program == "echo" && words.IndexOf(">") is > 0 and var arrow && arrow + 1 < words.Count)
        {
            return SystemVariables.Set(settings, NameOf(words[arrow + 1]), string.Join(' ', words[1..arrow]));
        }

        bool isHarmless = (program == "ip" && words.Contains("tcp_metrics")) || program.StartsWith("sysctl_restore", StringComparison.Ordinal)
            || (program is "sockstat" or "netstat" or "ss" && SocketCount.Of(words) is not null);
        return isHarmless || Harmless.Contains(program) ? null : $"the command '{program}' is not run";
    }

    private static string? SetAll(SystemSettings settings, IEnumerable<string> words)
    {
        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (word.StartsWith('-') || equals < 0)
            {
                continue;
            }

            if (SystemVariables.Set(settings, NameOf(word[..equals]), word[(equals + 1)..].Trim()) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private static string NameOf(string text)
    {
        string name = text.StartsWith("/proc/sys/", StringComparison.Ordinal) ? text["/proc/sys/".Length..] : text;
        return name.Replace('/', '.').Trim();
    }

    // Words as a shell makes them, as far as quotes go; a line, a semicolon and && end a command. What a command's output goes
    // through behind a bar is no business of its own.
    private static IEnumerable<List<string>> Split(string command)
    {
        List<string> words = [];
        foreach (string word in new ShellWords(command).All())
        {
            if (word is ";")
            {
                yield return words;
                words = [];
            }
            else
            {
                words.Add(word);
            }
        }

        yield return words;
    }
}
