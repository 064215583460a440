using System.Text;
using NetLab.Osi.Text;

namespace NetLab.Host.Captures;

/// <summary>How the bytes of a conversation are written.</summary>
internal enum ConversationForm
{
    /// <summary>The bytes as they are.</summary>
    Raw,

    /// <summary>Lines of text with a mark in front that says who sent them; what is no text is escaped.</summary>
    Text,

    /// <summary>Sixteen bytes a line, in hexadecimal and as characters.</summary>
    Hex,
}

/// <summary>Writes the two sides of a conversation as they spoke: a with "&gt;", b with "&lt;", each in a color of its own.</summary>
/// <param name="output">Where it goes.</param>
/// <param name="form">How.</param>
/// <param name="colors">Whether it is for eyes that see colors.</param>
internal sealed class ConversationText(Stream output, ConversationForm form, bool colors)
{
    private const int BytesALine = 16;

    private static readonly string[] Colors = ["\e[31m", "\e[34m"];

    private readonly StringBuilder _line = new();
    private readonly long[] _offsets = new long[2];
    private readonly StringBuilder _open = new();
    private bool _fromA;
    private bool _isOpen;

    /// <summary>Writes bytes of a side.</summary>
    public void Write(bool fromA, ReadOnlySpan<byte> bytes)
    {
        switch (form)
        {
            case ConversationForm.Raw:
                output.Write(bytes);
                break;
            case ConversationForm.Hex:
                WriteHex(fromA, bytes);
                break;
            default:
                WriteText(fromA, bytes);
                break;
        }
    }

    /// <summary>Says that bytes are missing. Raw bytes have no place for it.</summary>
    public void WriteHole(bool fromA, long missing)
    {
        if (form != ConversationForm.Raw)
        {
            EndLine();
            WriteLine(fromA, $"[{missing} bytes are missing in the capture]");
        }

        _offsets[fromA ? 0 : 1] += missing;
    }

    /// <summary>Ends the last line.</summary>
    public void End() => EndLine();

    private void WriteText(bool fromA, ReadOnlySpan<byte> bytes)
    {
        if (_isOpen && fromA != _fromA)
        {
            EndLine();
        }

        (_fromA, _isOpen) = (fromA, true);
        foreach (char c in Encoding.UTF8.GetString(bytes))
        {
            if (c == '\n')
            {
                EndLine();
                _isOpen = true;
            }
            else if (c != '\r')
            {
                _ = c is '\\' or '\t' ? _open.Append(c) : VisibleText.Of(c) is { } escape ? _open.Append(escape) : _open.Append(c);
            }
        }

        _isOpen = _open.Length > 0;
    }

    private void EndLine()
    {
        if (_isOpen || _open.Length > 0)
        {
            WriteLine(_fromA, _open.ToString());
        }

        _open.Clear();
        _isOpen = false;
    }

    private void WriteHex(bool fromA, ReadOnlySpan<byte> bytes)
    {
        ref long offset = ref _offsets[fromA ? 0 : 1];
        for (int at = 0; at < bytes.Length; at += BytesALine)
        {
            ReadOnlySpan<byte> part = bytes[at..Math.Min(bytes.Length, at + BytesALine)];
            _line.Clear().Append(fromA ? "" : "    ").Append($"{offset:x8} ");
            for (int i = 0; i < BytesALine; i++)
            {
                _line.Append(i % 8 == 0 ? " " : "").Append(i < part.Length ? $"{part[i]:x2} " : "   ");
            }

            _line.Append(' ');
            foreach (byte b in part)
            {
                _line.Append(b is >= 0x20 and < 0x7F ? (char)b : '.');
            }

            offset += part.Length;
            WriteLine(fromA, _line.ToString());
        }
    }

    private void WriteLine(bool fromA, string line)
    {
        string mark = form == ConversationForm.Text ? fromA ? "> " : "< " : "";
        output.Write(Encoding.UTF8.GetBytes(colors ? $"{Colors[fromA ? 0 : 1]}{mark}{line}\e[0m\n" : $"{mark}{line}\n"));
    }
}
