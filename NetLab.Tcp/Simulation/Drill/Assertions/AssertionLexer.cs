using System.Text;
using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>Cuts assertions into words: lines end statements, except within brackets and behind a backslash, as in Python.</summary>
internal static class AssertionLexer
{
    private const int MaxTokens = 3000;

    // Longer ones first: the first that fits is taken.
    private static readonly string[] Operators =
    [
        "**=", "//=", ">>=", "<<=", "==", "!=", "<=", ">=", "//", "**", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
        "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "~", "(", ")", "[", "]", "{", "}", ",", ":", ".", "=", ";",
    ];

    /// <summary>The words of a piece of code.</summary>
    public static List<AssertionToken> Read(string code, int line)
    {
        List<AssertionToken> tokens = [];
        int depth = 0;
        int lineStart = 0;
        for (int at = 0; at < code.Length;)
        {
            char c = code[at];
            int column = at - lineStart;
            if (tokens.Count > MaxTokens)
            {
                throw new DrillSyntaxException(line, $"an assertion has more than {MaxTokens} words");
            }

            if (c == '\n')
            {
                if (depth == 0)
                {
                    tokens.Add(new AssertionToken(AssertionTokenKind.NewLine, "\n", line));
                }

                line++;
                at++;
                lineStart = at;
            }
            else if (c == '\\' && IsLineEnd(code, at + 1, out int behind))
            {
                line++;
                at = behind;
            }
            else if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (c == '#' || (c == '/' && at + 1 < code.Length && code[at + 1] == '/' && IsLineStart(code, at)))
            {
                int end = code.IndexOf('\n', at);
                at = end < 0 ? code.Length : end;
            }
            else if (c is '"' or '\'')
            {
                tokens.Add(new AssertionToken(AssertionTokenKind.Text, ReadText(code, ref at, line), line, column));
            }
            else if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < code.Length && char.IsAsciiDigit(code[at + 1])))
            {
                int start = at;
                while (at < code.Length && (char.IsAsciiLetterOrDigit(code[at]) || code[at] is '.' or '_'
                    || (code[at] is '+' or '-' && code[at - 1] is 'e' or 'E' && !IsHex(code, start))))
                {
                    at++;
                }

                tokens.Add(new AssertionToken(AssertionTokenKind.Number, code[start..at], line, column));
            }
            else if (char.IsAsciiLetter(c) || c == '_')
            {
                int start = at;
                while (at < code.Length && ScriptScanner.IsWordCharacter(code[at]))
                {
                    at++;
                }

                tokens.Add(new AssertionToken(AssertionTokenKind.Name, code[start..at], line, column));
            }
            else
            {
                int from = at;
                string op = Array.Find(Operators, o => string.CompareOrdinal(code, from, o, 0, o.Length) == 0)
                    ?? throw new DrillSyntaxException(line, $"'{(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)}' has no meaning in an assertion");
                depth = Math.Max(0, depth + (op is "(" or "[" or "{" ? 1 : op is ")" or "]" or "}" ? -1 : 0));
                tokens.Add(op == ";" ? new AssertionToken(AssertionTokenKind.NewLine, op, line) : new AssertionToken(AssertionTokenKind.Operator, op, line, column));
                at += op.Length;
            }
        }

        tokens.Add(new AssertionToken(AssertionTokenKind.NewLine, "\n", line));
        tokens.Add(new AssertionToken(AssertionTokenKind.End, "", line));
        return tokens;
    }

    private static bool IsHex(string code, int start) => start + 1 < code.Length && (code[start + 1] | 0x20) == 'x';

    private static bool IsLineEnd(string code, int at, out int behind)
    {
        while (at < code.Length && code[at] is ' ' or '\t' or '\r')
        {
            at++;
        }

        behind = at + 1;
        return at < code.Length && code[at] == '\n';
    }

    private static bool IsLineStart(string code, int at)
    {
        while (at > 0 && code[at - 1] is ' ' or '\t')
        {
            at--;
        }

        return at == 0 || code[at - 1] == '\n';
    }

    private static string ReadText(string code, ref int at, int line)
    {
        char quote = code[at++];
        var text = new StringBuilder();
        while (at < code.Length && code[at] != quote && code[at] != '\n')
        {
            if (code[at] == '\\' && at + 1 < code.Length)
            {
                at++;
                text.Append(code[at] switch { 'n' => ' ', 't' => ' ', _ => code[at] });
            }
            else
            {
                text.Append(char.IsControl(code[at]) ? ' ' : code[at]);
            }

            at++;
        }

        if (at >= code.Length || code[at] != quote)
        {
            throw new DrillSyntaxException(line, "a text in an assertion has no end");
        }

        at++;
        return text.ToString();
    }
}
