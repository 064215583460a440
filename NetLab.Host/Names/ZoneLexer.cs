using System.Text;

namespace NetLab.Host.Names;

/// <summary>Takes a zone file apart into entries: words, comments, quotation marks, parentheses (RFC 1035, 5.1).</summary>
internal static class ZoneLexer
{
    /// <summary>The entries.</summary>
    /// <exception cref="ZoneException">A quotation mark or a parenthesis is never closed; says where it was opened.</exception>
    public static IEnumerable<ZoneEntry> Read(string text)
    {
        var words = new List<ZoneWord>();
        int line = 1;
        int begin = 1;
        int? opened = null;
        bool isIndented = false;
        for (int i = 0; i <= text.Length;)
        {
            char c = i < text.Length ? text[i] : '\n';
            switch (c)
            {
                case '\n':
                    if (opened is null)
                    {
                        if (words.Count > 0)
                        {
                            yield return new ZoneEntry(begin, isIndented, [.. words]);
                            words.Clear();
                        }

                        begin = line + 1;
                        isIndented = i + 1 < text.Length && text[i + 1] is ' ' or '\t';
                    }

                    line++;
                    i++;
                    break;
                case ' ' or '\t' or '\r':
                    isIndented |= i == 0;
                    i++;
                    break;
                case ';':
                    int end = text.IndexOf('\n', i);
                    i = end < 0 ? text.Length : end;
                    break;
                case '(':
                    opened = opened is null ? line : throw new ZoneException(line, "a parenthesis within a parenthesis");
                    i++;
                    break;
                case ')':
                    opened = opened is null ? throw new ZoneException(line, "a parenthesis that was not opened") : null;
                    i++;
                    break;
                case '"':
                    words.Add(Quoted(text, ref i, line));
                    break;
                default:
                    words.Add(Plain(text, ref i));
                    break;
            }
        }

        if (opened is { } at)
        {
            throw new ZoneException(at, "a parenthesis is opened and never closed");
        }
    }

    private static ZoneWord Quoted(string text, ref int at, int line)
    {
        var word = new StringBuilder();
        for (at++; at < text.Length && text[at] is not ('"' or '\n'); at++)
        {
            word.Append(text[at]);
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                word.Append(text[++at]);
            }
        }

        return at++ < text.Length && text[at - 1] == '"' ? new ZoneWord(word.ToString(), true) : throw new ZoneException(line, "a quotation mark is opened and not closed in its line");
    }

    private static ZoneWord Plain(string text, ref int at)
    {
        int start = at;
        for (; at < text.Length && text[at] is not (' ' or '\t' or '\r' or '\n' or ';' or '(' or ')' or '"'); at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is not '\n')
            {
                at++;
            }
        }

        return new ZoneWord(text[start..at], false);
    }
}
