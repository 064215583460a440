using System.Text;

namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>The commands between backquotes: nothing is run; what they set is set here, and the rest is known to change nothing or is refused.</summary>
internal static class ShellCommand
{
    // Programs that prepare a system and leave what a connection sends as it is.
    private static readonly HashSet<string> Harmless = ["kldload", "kldunload", "modprobe", "sync", "true", ":", "echo", "cd", "exit", "set", "export", "sleep_unused"];

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

    private static string? RunOne(SystemSettings settings, List<string> words)
    {
        string program = words[0][(words[0].LastIndexOf('/') + 1)..];
        if (program is "sysctl" || Defaults.Contains(program))
        {
            return SetAll(settings, words.Skip(1));
        }

        if (program == "echo" && words.IndexOf(">") is > 0 and var arrow && arrow + 1 < words.Count)
        {
            return SystemVariables.Set(settings, NameOf(words[arrow + 1]), string.Join(' ', words[1..arrow]));
        }

        if (program == "ip" && words.Contains("tcp_metrics"))
        {
            return null;
        }

        return Harmless.Contains(program) ? null : $"the command '{program}' is not run";
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

    // Words as a shell makes them, as far as quotes go; a line, a semicolon and && end a command.
    private static IEnumerable<List<string>> Split(string command)
    {
        List<string> words = [];
        var word = new StringBuilder();
        char quote = '\0';
        bool any = false;
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '"' or '\'')
            {
                (quote, any) = (c, true);
            }
            else if (c == '\\' && i + 1 < command.Length)
            {
                i++;
                if (command[i] is not ('\n' or '\r'))
                {
                    word.Append(command[i]);
                }
            }
            else if (char.IsWhiteSpace(c) || c is ';' or '&' or '>' or '|' || (c == '#' && word.Length == 0))
            {
                if (word.Length > 0 || any)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    any = false;
                }

                if (c == '#')
                {
                    int end = command.IndexOf('\n', i);
                    i = end < 0 ? command.Length : end - 1;
                }
                else if (c == '>')
                {
                    words.Add(">");
                }
                else if (c is '\n' or ';' or '&' or '|')
                {
                    yield return words;
                    words = [];
                }
            }
            else
            {
                word.Append(c);
            }
        }

        if (word.Length > 0 || any)
        {
            words.Add(word.ToString());
        }

        yield return words;
    }
}
