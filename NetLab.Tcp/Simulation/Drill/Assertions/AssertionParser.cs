using System.Globalization;
using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>Works out an expression when it is asked for.</summary>
/// <param name="scope">What names mean.</param>
internal delegate object? AssertionExpression(AssertionScope scope);

/// <summary>Reads assertions: statements of a small part of Python.</summary>
internal sealed class AssertionParser
{
    private const int MaxDepth = 64;

    private static readonly string[] Statements = ["for", "while", "def", "class", "with", "try", "return", "lambda", "exec", "global", "del", "raise"];

    private static readonly string[][] Levels =
    [
        ["|"],
        ["^"],
        ["&"],
        ["<<", ">>"],
        ["+", "-"],
        ["*", "/", "//", "%"],
    ];

    private readonly List<AssertionToken> _tokens;
    private int _at;
    private int _depth;

    private AssertionParser(List<AssertionToken> tokens) => _tokens = tokens;

    private AssertionToken Now => _tokens[_at];

    /// <summary>Reads a piece of code.</summary>
    /// <param name="code">What stands between the braces.</param>
    /// <param name="line">The line of the script it begins on.</param>
    public static IReadOnlyList<AssertionStatement> Parse(string code, int line)
    {
        var parser = new AssertionParser(AssertionLexer.Read(code, line));
        return parser.ParseBlock(-1);
    }

    // The statements that stand further in than a column.
    private List<AssertionStatement> ParseBlock(int column)
    {
        List<AssertionStatement> statements = [];
        while (true)
        {
            while (Now.Kind == AssertionTokenKind.NewLine)
            {
                _at++;
            }

            if (Now.Kind == AssertionTokenKind.End || Now.Column <= column)
            {
                return statements;
            }

            if (ParseStatement() is { } statement)
            {
                statements.Add(statement);
            }

            if (Now.Kind is not (AssertionTokenKind.NewLine or AssertionTokenKind.End) && statements.LastOrDefault() is not { Body: not null })
            {
                throw Error($"'{Now.Text}' is not expected in an assertion");
            }
        }
    }

    private AssertionStatement ParseIf(int column, int line)
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"an assertion is nested more than {MaxDepth} deep");
        }

        AssertionExpression condition = ParseTest();
        IReadOnlyList<AssertionStatement> body = ParseBody(column);
        IReadOnlyList<AssertionStatement> others = [];
        int at = _at;
        while (Now.Kind == AssertionTokenKind.NewLine)
        {
            _at++;
        }

        if (Now.Column == column && TryTake("elif"))
        {
            others = [ParseIf(column, Now.Line)];
        }
        else if (Now.Column == column && TryTake("else"))
        {
            others = ParseBody(column);
        }
        else
        {
            _at = at;
        }

        _depth--;
        return new AssertionStatement(line, null, condition, null, IsAssertion: false) { Body = body, Otherwise = others };
    }

    // On the same line behind the colon, or on those below it that are indented.
    private List<AssertionStatement> ParseBody(int column)
    {
        Expect(":");
        return Now.Kind == AssertionTokenKind.NewLine ? ParseBlock(column) : ParseStatement() is { } only ? [only] : [];
    }

    private AssertionStatement? ParseStatement()
    {
        (int line, int column) = (Now.Line, Now.Column);
        if (TryTake("if"))
        {
            return ParseIf(column, line);
        }

        if (TryTake("assert"))
        {
            AssertionExpression test = ParseTest();
            return new AssertionStatement(line, null, test, TryTake(",") ? ParseTest() : null, IsAssertion: true);
        }

        if (TryTake("import") || TryTake("from") || TryTake("pass"))
        {
            while (Now.Kind is not (AssertionTokenKind.NewLine or AssertionTokenKind.End))
            {
                _at++;
            }

            return null;
        }

        if (Now.Kind == AssertionTokenKind.Name && Statements.Contains(Now.Text))
        {
            throw new DrillUnsupportedException(line, $"'{Now.Text}' in an assertion: of Python, only assert, print and assignments are spoken");
        }

        if (Now.Kind == AssertionTokenKind.Name && _tokens[_at + 1] is { Kind: AssertionTokenKind.Operator } sign && sign.Text.EndsWith('=')
            && sign.Text is not ("==" or "<=" or ">=" or "!="))
        {
            string name = Now.Text;
            _at += 2;
            AssertionExpression value = ParseTestList();
            string op = sign.Text[..^1];
            return new AssertionStatement(line, name, op.Length == 0 ? value : scope => AssertionValue.Apply(op, scope.Look(name, line), value(scope)), null, IsAssertion: false);
        }

        if (Now is { Kind: AssertionTokenKind.Name, Text: "print" })
        {
            _at++;
            ParseTestList();
            return null;
        }

        return new AssertionStatement(line, null, ParseTestList(), null, IsAssertion: false);
    }

    private AssertionExpression ParseTestList()
    {
        AssertionExpression first = ParseTest();
        if (Now.Text != "," || Now.Kind != AssertionTokenKind.Operator)
        {
            return first;
        }

        List<AssertionExpression> items = [first];
        while (TryTake(",") && Now.Kind is not (AssertionTokenKind.NewLine or AssertionTokenKind.End))
        {
            items.Add(ParseTest());
        }

        return scope => items.ConvertAll(i => i(scope));
    }

    private AssertionExpression ParseTest()
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"an assertion is nested more than {MaxDepth} deep");
        }

        AssertionExpression value = ParseOr();
        if (TryTake("if"))
        {
            AssertionExpression condition = ParseOr();
            Expect("else");
            AssertionExpression other = ParseTest();
            AssertionExpression first = value;
            value = scope => AssertionValue.IsTrue(condition(scope)) ? first(scope) : other(scope);
        }

        _depth--;
        return value;
    }

    private AssertionExpression ParseOr()
    {
        AssertionExpression left = ParseAnd();
        while (TryTake("or"))
        {
            (AssertionExpression a, AssertionExpression b) = (left, ParseAnd());
            left = scope => a(scope) is var value && AssertionValue.IsTrue(value) ? value : b(scope);
        }

        return left;
    }

    private AssertionExpression ParseAnd()
    {
        AssertionExpression left = ParseNot();
        while (TryTake("and"))
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
        while (TryTake("not"))
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
        string text = Now.Text;
        switch (Now.Kind, text)
        {
            case (AssertionTokenKind.Operator, "==" or "!=" or "<" or "<=" or ">" or ">="):
            case (AssertionTokenKind.Name, "in"):
                _at++;
                return text;
            case (AssertionTokenKind.Name, "is"):
                _at++;
                return TryTake("not") ? "is not" : "is";
            case (AssertionTokenKind.Name, "not") when _tokens[_at + 1].Text == "in":
                _at += 2;
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
        while (Now.Kind == AssertionTokenKind.Operator && Levels[level].Contains(Now.Text))
        {
            string op = Now.Text;
            _at++;
            (AssertionExpression a, AssertionExpression b) = (left, ParseBinary(level + 1));
            left = scope => AssertionValue.Apply(op, a(scope), b(scope));
        }

        return left;
    }

    private AssertionExpression ParseUnary()
    {
        if (Now.Kind == AssertionTokenKind.Operator && Now.Text is "-" or "+" or "~")
        {
            string op = Now.Text;
            _at++;
            if (++_depth > MaxDepth)
            {
                throw Error($"an assertion is nested more than {MaxDepth} deep");
            }

            AssertionExpression value = ParseUnary();
            _depth--;
            return op switch
            {
                "-" => scope => AssertionValue.Apply("-", 0L, value(scope)),
                "~" => scope => AssertionValue.Apply("^", -1L, value(scope)),
                _ => value,
            };
        }

        AssertionExpression power = ParsePostfix();
        if (!TryTake("**"))
        {
            return power;
        }

        if (++_depth > MaxDepth)
        {
            throw Error($"an assertion is nested more than {MaxDepth} deep");
        }

        AssertionExpression exponent = ParseUnary();
        _depth--;
        return scope => AssertionValue.Apply("**", power(scope), exponent(scope));
    }

    private AssertionExpression ParsePostfix()
    {
        AssertionExpression value = ParseAtom();
        while (Now.Kind == AssertionTokenKind.Operator && Now.Text is "[" or ".")
        {
            int line = Now.Line;
            AssertionExpression of = value;
            if (TryTake("["))
            {
                AssertionExpression index = ParseTest();
                Expect("]");
                value = scope => Item(of(scope), index(scope));
            }
            else if (TryTake(".") && TryTake("format"))
            {
                Expect("(");
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
        AssertionToken token = Now;
        _at++;
        switch (token.Kind)
        {
            case AssertionTokenKind.Number:
                object number = NumberOf(token);
                return _ => number;
            case AssertionTokenKind.Text:
                string text = token.Text;
                while (Now.Kind == AssertionTokenKind.Text)
                {
                    text += Now.Text;
                    _at++;
                }

                return _ => text;
            case AssertionTokenKind.Name when token.Text is "True" or "False" or "None":
                object? constant = token.Text == "None" ? null : token.Text == "True";
                return _ => constant;
            case AssertionTokenKind.Name when Now is { Kind: AssertionTokenKind.Operator, Text: "(" }:
                _at++;
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
                _at--;
                throw Error(token.Kind is AssertionTokenKind.End or AssertionTokenKind.NewLine ? "an assertion ends too early" : $"'{token.Text}' is not expected in an assertion");
        }
    }

    private List<AssertionExpression> ParseItems(string end) => ParseItems(end, out _);

    private List<AssertionExpression> ParseItems(string end, out bool hasComma)
    {
        List<AssertionExpression> items = [];
        hasComma = false;
        while (!TryTake(end))
        {
            if (items.Count > 0)
            {
                Expect(",");
                hasComma = true;
                if (TryTake(end))
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

    private bool TryTake(string text)
    {
        if (Now.Kind is AssertionTokenKind.Name or AssertionTokenKind.Operator && Now.Text == text)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Expect(string text)
    {
        if (!TryTake(text))
        {
            throw Error($"'{text}' is expected in an assertion, not '{(Now.Kind is AssertionTokenKind.NewLine or AssertionTokenKind.End ? "its end" : Now.Text)}'");
        }
    }

    private DrillSyntaxException Error(string message) => new(Now.Line, message);
}
