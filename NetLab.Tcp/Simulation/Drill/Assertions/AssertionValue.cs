using System.Globalization;
using System.Text;

namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>
/// Values of the assertions' language: whole numbers (<see cref="long"/>), fractions (<see cref="double"/>), <see cref="bool"/>,
/// text, lists, and none (null); and what its operators do with them.
/// </summary>
internal static class AssertionValue
{
    private const int MaxText = 10_000;

    /// <summary>Whether a value counts as true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        string s => s.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        _ => true,
    };

    /// <summary>Whether two values are the same; numbers of both kinds are compared as numbers.</summary>
    public static bool AreEqual(object? left, object? right)
    {
        if (TryNumber(left, out double a) && TryNumber(right, out double b))
        {
            return left is long x && right is long y ? x == y : a == b;
        }

        if (left is IReadOnlyList<object?> first && right is IReadOnlyList<object?> second)
        {
            return first.Count == second.Count && first.Zip(second).All(pair => AreEqual(pair.First, pair.Second));
        }

        return Equals(left, right);
    }

    /// <summary>Compares: negative, zero or positive.</summary>
    public static int Compare(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        _ => Number(left, "compared").CompareTo(Number(right, "compared")),
    };

    /// <summary>Whether a value is one of several, or part of a text.</summary>
    public static bool IsIn(object? item, object? container) => container switch
    {
        IReadOnlyList<object?> list => list.Any(e => AreEqual(e, item)),
        string text => item is string part && text.Contains(part, StringComparison.Ordinal),
        _ => throw new AssertionErrorException($"{Show(container)} contains nothing"),
    };

    /// <summary>Arithmetic, and what the signs mean for texts and lists.</summary>
    public static object? Apply(string op, object? left, object? right)
    {
        switch (op, left, right)
        {
            case ("%", string format, _):
                return Format(format, right is IReadOnlyList<object?> many ? many : [right]);
            case ("+", string a, string b):
                return Limited(a + b);
            case ("+", IReadOnlyList<object?> a, IReadOnlyList<object?> b) when a.Count + b.Count < MaxText:
                return (IReadOnlyList<object?>)[.. a, .. b];
            default:
                break;
        }

        object? x = left is bool p ? (p ? 1L : 0L) : left;
        object? y = right is bool q ? (q ? 1L : 0L) : right;
        if (x is long m && y is long n)
        {
            return OfWhole(op, m, n);
        }

        (double c, double d) = (Number(x, op), Number(y, op));
        return op switch
        {
            "+" => c + d,
            "-" => c - d,
            "*" => c * d,
            "/" => d == 0 ? throw new AssertionErrorException("division by zero") : c / d,
            "//" => d == 0 ? throw new AssertionErrorException("division by zero") : Math.Floor(c / d),
            "%" => d == 0 ? throw new AssertionErrorException("division by zero") : c - (d * Math.Floor(c / d)),
            "**" => Math.Pow(c, d),
            _ => throw new AssertionErrorException($"'{op}' needs whole numbers"),
        };
    }

    /// <summary>A value as a number.</summary>
    public static double Number(object? value, string what) =>
        TryNumber(value, out double number) ? number : throw new AssertionErrorException($"{Show(value)} is no number ({what})");

    /// <summary>A value as text.</summary>
    public static string Show(object? value) => value switch
    {
        null => "None",
        bool b => b ? "True" : "False",
        IReadOnlyList<object?> list => Limited("(" + string.Join(", ", list.Take(100).Select(Show)) + ")"),
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        IFormattable n => n.ToString(null, CultureInfo.InvariantCulture),
        _ => Limited(value.ToString() ?? ""),
    };

    /// <summary>Puts values into the places of a text, as in <c>'{} {}'.format(a, b)</c>.</summary>
    public static string Fill(string format, IReadOnlyList<object?> values)
    {
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length && text.Length < MaxText; i++)
        {
            int end = format[i] == '{' ? format.IndexOf('}', i) : -1;
            if (end < 0)
            {
                text.Append(format[i]);
                continue;
            }

            text.Append(Show(next < values.Count ? values[next++] : throw new AssertionErrorException("a text has more places than values")));
            i = end;
        }

        return Limited(text.ToString());
    }

    // The % operator of texts: flags and widths are passed over, the precision of fractions is kept.
    private static string Format(string format, IReadOnlyList<object?> values)
    {
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length && text.Length < MaxText; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            int start = ++i;
            while (i < format.Length && (char.IsAsciiDigit(format[i]) || format[i] is '.' or '-' or '+' or ' ' or '#' or 'l'))
            {
                i++;
            }

            if (i >= format.Length || format[i] == '%')
            {
                text.Append('%');
                continue;
            }

            object? value = next < values.Count ? values[next++] : throw new AssertionErrorException("a text has more places than values");
            text.Append(format[i] switch
            {
                'd' or 'i' or 'u' => TryNumber(value, out double whole) ? Math.Truncate(whole).ToString("F0", CultureInfo.InvariantCulture) : Show(value),
                'x' or 'X' => value is long bits ? bits.ToString("x", CultureInfo.InvariantCulture) : Show(value),
                'f' or 'g' or 'e' => TryNumber(value, out double number) ? number.ToString("F" + PrecisionOf(format[start..i]), CultureInfo.InvariantCulture) : Show(value),
                _ => Show(value),
            });
        }

        return Limited(text.ToString());
    }

    private static string PrecisionOf(string flags)
    {
        int dot = flags.IndexOf('.', StringComparison.Ordinal);
        return dot >= 0 && int.TryParse(flags.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int digits)
            ? Math.Min(digits, 15).ToString(CultureInfo.InvariantCulture)
            : "6";
    }

    private static object OfWhole(string op, long a, long b)
    {
        try
        {
            checked
            {
                return op switch
                {
                    "+" => (object)(a + b),
                    "-" => a - b,
                    "*" => a * b,
                    "/" => b == 0 ? throw new AssertionErrorException("division by zero") : (double)a / b,
                    "//" => b == 0 ? throw new AssertionErrorException("division by zero") : (a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0),
                    "%" => b == 0 ? throw new AssertionErrorException("division by zero") : b == -1 ? 0L : ((a % b) + b) % b,
                    "**" when b is >= 0 and <= 64 => Power(a, b),
                    "**" => Math.Pow(a, b),
                    "&" => a & b,
                    "|" => a | b,
                    "^" => a ^ b,
                    "<<" => b is >= 0 and < 63 ? a << (int)b : throw new AssertionErrorException("a shift is 0 to 62 bits"),
                    ">>" => b is >= 0 and < 63 ? a >> (int)b : throw new AssertionErrorException("a shift is 0 to 62 bits"),
                    _ => throw new AssertionErrorException($"'{op}' is no operator"),
                };
            }
        }
        catch (OverflowException)
        {
            return Math.Pow(2, 63);
        }
    }

    private static long Power(long a, long b)
    {
        long result = 1;
        for (; b > 0; b--)
        {
            result = checked(result * a);
        }

        return result;
    }

    private static bool TryNumber(object? value, out double number)
    {
        (bool ok, number) = value switch
        {
            long n => (true, n),
            double d => (true, d),
            bool b => (true, b ? 1.0 : 0.0),
            _ => (false, 0.0),
        };
        return ok;
    }

    private static string Limited(string text) => text.Length <= MaxText ? text : string.Concat(text.AsSpan(0, MaxText - 1), "…");
}
