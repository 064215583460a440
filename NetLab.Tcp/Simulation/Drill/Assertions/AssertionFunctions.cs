using System.Globalization;
using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>The functions that assertions may call.</summary>
internal static class AssertionFunctions
{
    /// <summary>A call of a function.</summary>
    public static AssertionExpression Bind(string name, IReadOnlyList<AssertionExpression> arguments, int line)
    {
        if (name == "print")
        {
            // What is printed has no part in whether a script holds, and may name what the machine does not have.
            return _ => null;
        }

        Func<List<object?>, object?> function = name switch
        {
            "abs" => values => AssertionValue.Apply("-", 0L, First(values, name)) is var negative && AssertionValue.Compare(negative, 0L) > 0 ? negative : values[0],
            "min" => values => Items(values, name).Aggregate((a, b) => AssertionValue.Compare(a, b) <= 0 ? a : b),
            "max" => values => Items(values, name).Aggregate((a, b) => AssertionValue.Compare(a, b) >= 0 ? a : b),
            "sum" => values => Items(values, name).Aggregate((a, b) => AssertionValue.Apply("+", a, b)),
            "int" => values => (long)Math.Clamp(Math.Truncate(AssertionValue.Number(First(values, name), name)), -9e18, 9e18),
            "float" => values => AssertionValue.Number(First(values, name), name),
            "round" => values => (long)Math.Clamp(Math.Round(AssertionValue.Number(First(values, name), name)), -9e18, 9e18),
            "bool" => values => AssertionValue.IsTrue(First(values, name)),
            "str" or "repr" => values => AssertionValue.Show(First(values, name)),
            "hex" => values => First(values, name) is long n ? "0x" + n.ToString("x", CultureInfo.InvariantCulture) : throw new AssertionErrorException("hex needs a whole number"),
            "len" => values => First(values, name) switch
            {
                string s => (long)s.Length,
                IReadOnlyList<object?> list => (long)list.Count,
                var other => throw new AssertionErrorException($"{AssertionValue.Show(other)} has no length"),
            },
            "range" => Range,
            "any" => values => Items(values, name).Any(AssertionValue.IsTrue),
            "all" => values => Items(values, name).All(AssertionValue.IsTrue),
            _ => throw new DrillUnsupportedException(line, $"the function {name}() in an assertion"),
        };
        return scope => function([.. arguments.Select(a => a(scope))]);
    }

    private static List<object?> Range(List<object?> values)
    {
        const int MaxItems = 10_000;
        long[] bounds = [.. values.OfType<long>()];
        (long from, long to, long step) = bounds switch
        {
            [var end] => (0L, end, 1L),
            [var start, var end] => (start, end, 1L),
            [var start, var end, not 0 and var by] => (start, end, by),
            _ => throw new AssertionErrorException("range() needs one to three whole numbers"),
        };
        List<object?> items = [];
        for (decimal item = from; step > 0 ? item < to : item > to; item += step)
        {
            items.Add(items.Count < MaxItems ? (long)item : throw new AssertionErrorException($"range() of more than {MaxItems} items"));
        }

        return items;
    }

    private static object? First(List<object?> values, string name) =>
        values.Count > 0 ? values[0] : throw new AssertionErrorException($"{name}() needs a value");

    private static IReadOnlyList<object?> Items(List<object?> values, string name)
    {
        IReadOnlyList<object?> items = values is [IReadOnlyList<object?> list] ? list : values;
        return items.Count > 0 ? items : throw new AssertionErrorException($"{name}() needs a value");
    }
}
