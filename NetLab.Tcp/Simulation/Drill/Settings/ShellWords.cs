using System.Text;

namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>The words of a shell's command line; <c>;</c> ends a command, <c>|</c> and <c>&gt;</c> are words of their own.</summary>
/// <param name="command">The command line.</param>
internal sealed class ShellWords(string command)
{
    private readonly List<string> _words = [];
    private readonly StringBuilder _word = new();
    private bool _any;

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> All()
    {
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            if (c is '"' or '\'')
            {
                int end = command.IndexOf(c, i + 1);
                end = end < 0 ? command.Length : end;
                _word.Append(command, i + 1, end - i - 1);
                _any = true;
                i = end;
            }
            else if (c == '\\')
            {
                i++;
                if (i < command.Length && command[i] is not ('\n' or '\r'))
                {
                    _word.Append(command[i]);
                }
            }
            else if (c == '$' && i + 1 < command.Length && command[i + 1] is '(' or '{')
            {
                int end = command.IndexOf(command[i + 1] == '(' ? ')' : '}', i);
                end = end < 0 ? command.Length - 1 : end;
                _word.Append(command, i, end - i + 1);
                i = end;
            }
            else if (c == '#' && _word.Length == 0)
            {
                End();
                int end = command.IndexOf('\n', i);
                i = end < 0 ? command.Length : end - 1;
            }
            else if (char.IsWhiteSpace(c) || c is ';' or '&' or '|' or '>')
            {
                i = Separate(i);
            }
            else
            {
                _word.Append(c);
            }
        }

        End();
        return _words;
    }

    // A number before an arrow says which output is meant, and "&1" behind it where it goes: neither is a word.
    private int Separate(int at)
    {
        char c = command[at];
        if (c == '>' && _word.ToString() is "1" or "2")
        {
            _word.Clear();
        }

        End();
        switch (c)
        {
            case '>':
                _words.Add(">");
                bool more = at + 1 < command.Length && command[at + 1] is '>' or '&';
                return more ? at + 1 : at;
            case '|' when at + 1 < command.Length && command[at + 1] == '|':
                _words.Add(";");
                return at + 1;
            case '|':
                _words.Add("|");
                return at;
            case '\n' or ';' or '&':
                _words.Add(";");
                return at;
            default:
                return at;
        }
    }

    private void End()
    {
        if (_word.Length > 0 || _any)
        {
            _words.Add(_word.ToString());
        }

        _word.Clear();
        _any = false;
    }
}
