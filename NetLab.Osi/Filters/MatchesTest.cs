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
}
