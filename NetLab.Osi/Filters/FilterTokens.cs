using System.Globalization;

namespace NetLab.Osi.Filters;

/// <summary>The tokens of a filter expression, taken one after another, and the small pieces that are nothing but tokens: layers and slices.</summary>
/// <param name="text">The expression.</param>
internal sealed class FilterTokens(string text)
{
    private readonly List<FilterToken> _tokens = FilterLexer.Read(text);
    private int _next;

    /// <summary>The token that is taken next.</summary>
    public FilterToken Current => _tokens[_next];

    /// <summary>The token behind <see cref="Current"/>, which is not the last.</summary>
    public FilterToken Following => _tokens[_next + 1];

    /// <summary>Takes the current token.</summary>
    public void Advance() => _next++;

    /// <summary>What is wrong when the current token has no place where it stands.</summary>
    public DisplayFilterException Unexpected() => new(
        Current.At, Current.Kind == FilterTokenKind.End ? "the expression ends too early" : $"'{Current.Text}' is not expected here");

    /// <summary>Takes a symbol, if it is the next token.</summary>
    public bool Take(string symbol)
    {
        bool found = Current.Is(symbol);
        _next += found ? 1 : 0;
        return found;
    }

    /// <summary>Takes a word, if it is the next token.</summary>
    public bool TakeWord(string word)
    {
        bool found = Current.Kind == FilterTokenKind.Word && Current.Text == word;
        _next += found ? 1 : 0;
        return found;
    }

    /// <summary>Takes a symbol that must be there.</summary>
    /// <exception cref="DisplayFilterException">It is not.</exception>
    public void Expect(string symbol)
    {
        if (!Take(symbol))
        {
            throw new DisplayFilterException(Current.At, $"'{symbol}' is expected here");
        }
    }

    /// <summary>Takes layers, if any are asked for: <c>#2</c>, <c>#-1</c>, <c>#[1,3-4]</c>.</summary>
    public LayerRange[]? Layers()
    {
        if (!Take("#"))
        {
            return null;
        }

        if (!Take("["))
        {
            int number = Integer();
            return [new LayerRange(number, number)];
        }

        return [.. Slice(isOpened: true).Select(r => new LayerRange(r.Start, r.End is { } end ? end : -1))];
    }

    /// <summary>Takes a slice: <c>[start:length]</c>, <c>[first-last]</c>, <c>[start:]</c>, <c>[:length]</c>, <c>[at]</c>, several with commas.</summary>
    /// <param name="isOpened">Whether its bracket was taken, and it is one of layers, whose numbers stand for themselves.</param>
    public (int Start, int? End)[] Slice(bool isOpened = false)
    {
        if (!isOpened)
        {
            Expect("[");
        }

        var ranges = new List<(int, int?)>();
        do
        {
            int start = Current.Is(":") ? 0 : Integer();
            if (Take(":"))
            {
                bool isOpen = Current.Is(",") || Current.Is("]");
                int? end = isOpen ? null : start + Integer();
                ranges.Add((start, end));
            }
            else if (Take("-"))
            {
                bool isOpen = Current.Is(",") || Current.Is("]");
                int? last = isOpen ? null : Integer();
                ranges.Add((start, isOpened ? last : last is { } l ? (l < 0 && l == -1 ? 0 : l + 1) : null));
            }
            else
            {
                ranges.Add((start, isOpened ? start : start + 1));
            }
        }
        while (Take(","));
        Expect("]");
        return [.. ranges];
    }

    private int Integer()
    {
        bool isNegative = Take("-");
        FilterToken token = Current;
        string digits = token.Text;
        if (token.Kind != FilterTokenKind.Word || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value > 1 << 20)
        {
            throw new DisplayFilterException(token.At, token.Kind == FilterTokenKind.End ? "the expression ends where a number is expected" : $"'{digits}' is no number of a slice");
        }

        _next++;
        return isNegative ? -value : value;
    }
}
