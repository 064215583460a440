using System.Globalization;
using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>Works out an expression when it is asked for.</summary>
/// <param name="scope">What names mean.</param>
internal delegate object? AssertionExpression(AssertionScope scope);

/// <summary>Reads expressions, by the precedence of Python's operators.</summary>
/// <param name="cursor">The words.</param>
internal sealed class ExpressionParser(AssertionCursor cursor)
{
    private static readonly string[][] Levels =
    [
        ["|"],
        ["^"],
        ["&"],
        ["<<", ">>"],
        ["+", "-"],
        ["*", "/", "//", "%"],
    ];

    /// <summary>Reads an expression, or several with commas between them, which make a list.</summary>
    public AssertionExpression ParseTestList()
    {
        AssertionExpression first = ParseTest();
        if (cursor.Now.Text != "," || cursor.Now.Kind != AssertionTokenKind.Operator)
        {
            return first;
        }

        List<AssertionExpression> items = [first];
        while (cursor.TryTake(",") && cursor.Now.Kind is not (AssertionTokenKind.NewLine or AssertionTokenKind.End))
        {
            items.Add(ParseTest());
        }

        return scope => items.ConvertAll(i => i(scope));
    }

    /// <summary>Reads one expression.</summary>
    public AssertionExpression ParseTest()
    {
        cursor.Enter();

        AssertionExpression value = ParseOr();
        if (cursor.TryTake("if"))
        {
            AssertionExpression condition = ParseOr();
            cursor.Expect("else");
            AssertionExpression other = ParseTest();
            AssertionExpression first = value;
            value = scope => AssertionValue.IsTrue(condition(scope)) ? first(scope) : other(scope);
        }

        cursor.Leave();
        return value;
    }

    private AssertionExpression ParseOr()
    {
        AssertionExpression left = ParseAnd();
        while (cursor.TryTake("or"))
        {
            (AssertionExpression a, AssertionExpression b) = (left, ParseAnd());
            left = scope => a(scope) is var value && AssertionValue.IsTrue(value) ? value : b(scope);
        }

        return left;
    }

    private AssertionExpression ParseAnd()
    {
        AssertionExpression left = ParseNot();
        while (cursor.TryTake("and"))
        {
            (AssertionExpression a, AssertionExpression b) = (left, ParseNot());
            left = scope => a(scope) is var value && !AssertionValue.IsTrue(value) ? value : b(scope);
        }

        return left;
    }

    private AssertionExpression ParseNot()
    {
        bool negated = false;
        bool any = false;
        while (cursor.TryTake("not"))
        {
            (negated, any) = (!negated, true);
        }

        AssertionExpression value = ParseComparison();
        bool wanted = !negated;
        return any ? scope => AssertionValue.IsTrue(value(scope)) == wanted : value;
    }

    // a < b < c means both, as in Python.
    private AssertionExpression ParseComparison()
    {
        AssertionExpression first = ParseBinary(0);
        List<(string Op, AssertionExpression Right)> rest = [];
        while (TakeComparison() is { } op)
        {
            rest.Add((op, ParseBinary(0)));
        }

        return rest.Count == 0 ? first : scope =>
        {
            object? left = first(scope);
            foreach ((string op, AssertionExpression expression) in rest)
            {
                object? right = expression(scope);
                bool holds = op switch
                {
                    "==" or "is" => AssertionValue.AreEqual(left, right),
                    "!=" or "is not" => !AssertionValue.AreEqual(left, right),
                    "in" => AssertionValue.IsIn(left, right),
                    "not in" => !AssertionValue.IsIn(left, right),
                    "<" => AssertionValue.Compare(left, right) < 0,
                    "<=" => AssertionValue.Compare(left, right) <= 0,
                    ">" => AssertionValue.Compare(left, right) > 0,
                    _ => AssertionValue.Compare(left, right) >= 0,
                };
                if (!holds)
                {
                    return false;
                }

                left = right;
            }

            return true;
        };
    }

    private string? TakeComparison()
    {
        string text = cursor.Now.Text;
        switch (cursor.Now.Kind, text)
        {
            case (AssertionTokenKind.Operator, "==" or "!=" or "<" or "<=" or ">" or ">="):
            case (AssertionTokenKind.Name, "in"):
                cursor.At++;
                return text;
            case (AssertionTokenKind.Name, "is"):
                cursor.At++;
                return cursor.TryTake("not") ? "is not" : "is";
            case (AssertionTokenKind.Name, "not") when cursor.Following.Text == "in":
                cursor.At += 2;
                return "not in";
            default:
                return null;
        }
    }

    private AssertionExpression ParseBinary(int level)
    {
        if (level >= Levels.Length)
        {
            return ParseUnary();
        }

        AssertionExpression left = ParseBinary(level + 1);
        while (cursor.Now.Kind == AssertionTokenKind.Operator && Levels[level].Contains(cursor.Now.Text))
        {
            string op = cursor.Now.Text;
            cursor.At++;
            (AssertionExpression a, AssertionExpression b) = (left, ParseBinary(level + 1));
            left = scope => AssertionValue.Apply(op, a(scope), b(scope));
        }

        return left;
    }

    private AssertionExpression ParseUnary()
    {
        if (cursor.Now.Kind == AssertionTokenKind.Operator && cursor.Now.Text is "-" or "+" or "~")
        {
            string op = cursor.Now.Text;
            cursor.At++;
            cursor.Enter();

            AssertionExpression value = ParseUnary();
            cursor.Leave();
            return op switch
            {
                "-" => scope => AssertionValue.Apply("-", 0L, value(scope)),
                "~" => scope => AssertionValue.Apply("^", -1L, value(scope)),
                _ => value,
            };
        }

        AssertionExpression power = ParsePostfix();
        if (!cursor.TryTake("**"))
        {
            return power;
        }

        cursor.Enter();

        AssertionExpression exponent = ParseUnary();
        cursor.Leave();
        return scope => AssertionValue.Apply("**", power(scope), exponent(scope));
    }

    private AssertionExpression ParsePostfix()
    {
        AssertionExpression value = ParseAtom();
        while (cursor.Now.Kind == AssertionTokenKind.Operator && cursor.Now.Text is "[" or ".")
        {
            int line = cursor.Now.Line;
            AssertionExpression of = value;
            if (cursor.TryTake("["))
            {
                AssertionExpression index = ParseTest();
                cursor.Expect("]");
                value = scope => Item(of(scope), index(scope));
            }
            else if (cursor.TryTake(".") && cursor.TryTake("format"))
            {
                cursor.Expect("(");
                List<AssertionExpression> values = ParseItems(")");
                value = scope => AssertionValue.Fill(of(scope) as string ?? "", values.ConvertAll(v => v(scope)));
            }
            else
            {
                throw new DrillUnsupportedException(line, "a member of an object in an assertion: of Python, only numbers, texts and lists are spoken");
            }
        }

        return value;
    }

    private static object? Item(object? of, object? index)
    {
        if (of is not IReadOnlyList<object?> list || index is not long at)
        {
            throw new AssertionErrorException($"{AssertionValue.Show(of)} has no item {AssertionValue.Show(index)}");
        }

        at = at < 0 ? at + list.Count : at;
        return at >= 0 && at < list.Count ? list[(int)at] : throw new AssertionErrorException($"a list of {list.Count} has no item {at}");
    }

    private AssertionExpression ParseAtom()
    {
        AssertionToken token = cursor.Now;
        cursor.At++;
        switch (token.Kind)
        {
            case AssertionTokenKind.Number:
                object number = NumberOf(token);
                return _ => number;
            case AssertionTokenKind.Text:
                string text = token.Text;
                while (cursor.Now.Kind == AssertionTokenKind.Text)
                {
                    text += cursor.Now.Text;
                    cursor.At++;
                }

                return _ => text;
            case AssertionTokenKind.Name when token.Text is "True" or "False" or "None":
                object? constant = token.Text == "None" ? null : token.Text == "True";
                return _ => constant;
            case AssertionTokenKind.Name when cursor.Now is { Kind: AssertionTokenKind.Operator, Text: "(" }:
                cursor.At++;
                List<AssertionExpression> arguments = ParseItems(")");
                return AssertionFunctions.Bind(token.Text, arguments, token.Line);
            case AssertionTokenKind.Name when token.Text is not ("and" or "or" or "not" or "in" or "is" or "if" or "else"):
                return scope => scope.Look(token.Text, token.Line);
            case AssertionTokenKind.Operator when token.Text == "(":
                List<AssertionExpression> items = ParseItems(")", out bool isTuple);
                return items.Count == 1 && !isTuple ? items[0] : scope => items.ConvertAll(i => i(scope));
            case AssertionTokenKind.Operator when token.Text == "[":
                List<AssertionExpression> list = ParseItems("]");
                return scope => list.ConvertAll(i => i(scope));
            default:
                cursor.At--;
                throw cursor.Error(token.Kind is AssertionTokenKind.End or AssertionTokenKind.NewLine ? "an assertion ends too early" : $"'{token.Text}' is not expected in an assertion");
        }
    }

    private List<AssertionExpression> ParseItems(string end) => ParseItems(end, out _);

    private List<AssertionExpression> ParseItems(string end, out bool hasComma)
    {
        List<AssertionExpression> items = [];
        hasComma = false;
        while (!cursor.TryTake(end))
        {
            if (items.Count > 0)
            {
                cursor.Expect(",");
                hasComma = true;
                if (cursor.TryTake(end))
                {
                    break;
                }
            }

            items.Add(ParseTest());
        }

        return items;
    }

    private static object NumberOf(AssertionToken token)
    {
        string digits = token.Text.Replace("_", "", StringComparison.Ordinal).TrimEnd('L', 'l');
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex))
        {
            return hex;
        }

        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long whole))
        {
            return whole;
        }

        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double fraction)
            ? fraction
            : throw new DrillSyntaxException(token.Line, $"'{token.Text}' is no number");
    }
}
