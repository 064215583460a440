using System.Text;
using System.Text.RegularExpressions;

namespace NetLab.Osi.Filters;

/// <summary>Whether a regular expression is found in a value: bytes are taken as the characters of the same numbers.</summary>
internal sealed class MatchesTest(FilterOperand left, Regex regex, bool all) : FilterTest
{
    public override bool Matches(in FilterContext context)
    {
        List<FilterValue> a = context.Scratch.Rent();
        left.Load(context, a);
        bool result = all && a.Count > 0;
        foreach (FilterValue x in a)
        {
            string text = left.Type == ValueType.Text ? Encoding.UTF8.GetString(x.Bytes) : Encoding.Latin1.GetString(x.Bytes);
            bool holds = regex.IsMatch(text);
            result = all ? result && holds : result || holds;
        }

        context.Scratch.Return(a);
        return result;
    }

    /// <summary>The regular expression that a token spells.</summary>
    /// <exception cref="DisplayFilterException">It is none, or none that is bounded in time.</exception>
    public static Regex PatternOf(FilterToken pattern)
    {
        try
        {
            // Without backtracking, so that no pattern takes more than the length of what it looks at.
            return new Regex(pattern.Text, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new DisplayFilterException(pattern.At, $"'{pattern.Text}' is no regular expression that can be bounded in time: {error.Message.Split('\n')[0].TrimEnd('.', '\r')}");
        }
    }
}
