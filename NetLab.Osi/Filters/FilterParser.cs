using System.Globalization;
using System.Text.RegularExpressions;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>Turns a filter expression into a question, types checked.</summary>
/// <param name="text">The expression.</param>
/// <param name="registry">The protocols whose fields it may name.</param>
/// <param name="fields">Gets the fields that it names.</param>
internal sealed class FilterParser(string text, ProtocolRegistry registry, FieldCollector fields)
{
    private const int MaxDepth = 200;

    private static readonly Dictionary<string, ValueType> Functions = new(StringComparer.Ordinal)
    {
        ["upper"] = ValueType.Text,
        ["lower"] = ValueType.Text,
        ["string"] = ValueType.Text,
        ["len"] = ValueType.Integer,
        ["count"] = ValueType.Integer,
        ["max"] = ValueType.Integer,
        ["min"] = ValueType.Integer,
        ["abs"] = ValueType.Integer,
    };

    private readonly List<FilterToken> _tokens = FilterLexer.Read(text);
    private int _next;
    private int _depth;

    /// <summary>Whether it names a protocol that may be found only in TCP streams.</summary>
    public bool NamesUpperProtocol { get; private set; }

    private FilterToken Current => _tokens[_next];

    /// <summary>The question.</summary>
    /// <exception cref="DisplayFilterException">The expression makes no sense.</exception>
    public FilterTest Parse()
    {
        FilterTest test = ParseOr();
        return Current.Kind == FilterTokenKind.End ? test : throw Unexpected();
    }

    private FilterTest ParseOr()
    {
        FilterTest left = ParseAnd();
        while (TakeWord("or") || Take("||"))
        {
            left = new OrTest(left, ParseAnd());
        }

        return left;
    }

    private FilterTest ParseAnd()
    {
        FilterTest left = ParseNot();
        while (TakeWord("and") || Take("&&"))
        {
            left = new AndTest(left, ParseNot());
        }

        return left;
    }

    private FilterTest ParseNot()
    {
        if (++_depth > MaxDepth)
        {
            throw new DisplayFilterException(Current.At, "the expression is nested deeper than 200 times");
        }

        FilterTest test;
        if (TakeWord("not") || Take("!"))
        {
            test = new NotTest(ParseNot());
        }
        else if (Take("("))
        {
            test = ParseOr();
            Expect(")");
        }
        else
        {
            test = ParseRelation();
        }

        _depth--;
        return test;
    }

    private FilterTest ParseRelation()
    {
        bool? all = TakeWord("all") ? true : TakeWord("any") ? false : null;
        FilterToken at = Current;
        Side left = ParseSum();
        FilterTest? chain = null;
        while (true)
        {
            FilterTest? test = ParseComparison(left, all, out Side right);
            if (test is null)
            {
                break;
            }

            chain = chain is null ? test : new AndTest(chain, test);
            if (right.Operand is null)
            {
                // Only comparisons go on: a < b < c.
                break;
            }

            left = right;
        }

        if (chain is not null)
        {
            return chain;
        }

        if (all is not null)
        {
            throw Unexpected();
        }

        return left.Operand switch
        {
            FieldOperand field => new FieldTest(field),
            ProtocolOperand protocol => new ProtocolTest(protocol),
            ArithmeticOperand operand => new NonzeroTest(operand),
            null => throw NoField(left.Literal!),
            _ => throw new DisplayFilterException(at.At, "a function alone is no question: compare it with something"),
        };
    }

    private FilterTest? ParseComparison(Side left, bool? all, out Side right)
    {
        FilterToken token = Current;
        (Comparison Comparison, bool All)? comparison = token.Text switch
        {
            "==" or "eq" or "any_eq" => (Comparison.Equal, false),
            "!=" or "ne" or "all_ne" => (Comparison.NotEqual, true),
            "===" or "all_eq" => (Comparison.Equal, true),
            "!==" or "~=" or "any_ne" => (Comparison.NotEqual, false),
            ">" or "gt" => (Comparison.Greater, false),
            ">=" or "ge" => (Comparison.GreaterOrEqual, false),
            "<" or "lt" => (Comparison.Less, false),
            "<=" or "le" => (Comparison.LessOrEqual, false),
            _ => null,
        };
        right = default;
        if (token.Kind is FilterTokenKind.Text or FilterTokenKind.End)
        {
            return null;
        }

        if (comparison is { } kind)
        {
            _next++;
            FilterOperand operand = Typed(left, token);
            right = ParseSum();
            FilterOperand other = Typed(right, operand, token);
            right = new Side(other, right.Literal, right.IsNegative);
            return new CompareTest(operand, kind.Comparison, other, all ?? kind.All);
        }

        switch (token.Text)
        {
            case "contains":
                _next++;
                FilterOperand bytes = WithBytes(left, token, "contains");
                Side what = ParseSum();
                right = what;
                return new ContainsTest(bytes, what.Operand ?? LiteralOf(what, bytes.Type == ValueType.Text ? ValueType.Text : ValueType.Bytes, null), all ?? false);
            case "matches" or "~":
                _next++;
                FilterOperand texts = WithBytes(left, token, "matches");
                FilterToken pattern = Current;
                if (pattern.Kind is not (FilterTokenKind.Text or FilterTokenKind.Word))
                {
                    throw Unexpected();
                }

                _next++;
                return new MatchesTest(texts, RegexOf(pattern), all ?? false);
            case "in":
                _next++;
                return new SetTest(Typed(left, token), ParseSet(Typed(left, token)), all ?? false);
            case "not" when _tokens[_next + 1].Text == "in":
                _next += 2;
                return new NotTest(new SetTest(Typed(left, token), ParseSet(Typed(left, token)), all ?? false));
            default:
                return null;
        }
    }

    private (FilterValue From, FilterValue? To)[] ParseSet(FilterOperand of)
    {
        Expect("{");
        var members = new List<(FilterValue, FilterValue?)>();
        do
        {
            FilterValue from = ParseMember(of);
            members.Add((from, Take("..") ? ParseMember(of) : null));
        }
        while (Take(","));
        Expect("}");
        return [.. members];
    }

    private FilterValue ParseMember(FilterOperand of)
    {
        bool isNegative = Take("-");
        FilterToken token = Current;
        if (token.Kind is FilterTokenKind.Symbol or FilterTokenKind.End)
        {
            throw Unexpected();
        }

        _next++;
        return FilterLiteral.Read(token, isNegative, of.Type, (of as FieldOperand)?.Field);
    }

    private Side ParseSum()
    {
        Side left = ParseProduct();
        while (Current.Is("+") || Current.Is("-"))
        {
            left = Arithmetic(left, Current.Text[0], ParseProduct);
        }

        return left;
    }

    private Side ParseProduct()
    {
        Side left = ParseMask();
        while (Current.Is("*") || Current.Is("/") || Current.Is("%"))
        {
            left = Arithmetic(left, Current.Text[0], ParseMask);
        }

        return left;
    }

    private Side ParseMask()
    {
        Side left = ParsePrimary();
        while (Current.Is("&") || (Current.Kind == FilterTokenKind.Word && Current.Text == "bitwise_and"))
        {
            left = Arithmetic(left, '&', ParsePrimary);
        }

        return left;
    }

    private Side Arithmetic(Side left, char operation, Func<Side> parse)
    {
        FilterToken token = Current;
        _next++;
        FilterOperand a = Typed(left, token);
        if (a.Type is not (ValueType.Integer or ValueType.Time) && !(operation == '&' && a.Type == ValueType.Bytes))
        {
            throw new DisplayFilterException(token.At, $"'{token.Text}' needs numbers on both sides");
        }

        return new Side(new ArithmeticOperand(a, operation, Typed(parse(), a, token)));
    }

    private Side ParsePrimary()
    {
        bool isNegative = Take("-");
        FilterToken token = Current;
        if (token.Kind is FilterTokenKind.End)
        {
            throw new DisplayFilterException(token.At, "the expression ends where a value is expected");
        }

        if (token.Kind == FilterTokenKind.Symbol)
        {
            throw Unexpected();
        }

        _next++;
        if (token.Kind != FilterTokenKind.Word || isNegative)
        {
            return new Side(null, token, isNegative);
        }

        FilterOperand? operand = Functions.TryGetValue(token.Text, out ValueType type) && Current.Is("(") ? ParseFunction(token, type) : NamedOperand(token);
        if (operand is null)
        {
            return new Side(null, token);
        }

        while (Current.Is("["))
        {
            if (!ValueTypes.HasBytes(operand.Type))
            {
                throw new DisplayFilterException(Current.At, $"{token.Text} has no bytes to take a slice of");
            }

            operand = new SliceOperand(operand, ParseSlice());
        }

        return new Side(operand, token);
    }

    private FilterOperand? NamedOperand(FilterToken token)
    {
        // Numbers and addresses are no names; to look for them would make every protocol.
        if (!char.IsAsciiLetter(token.Text[0]) || token.Text.Contains(':', StringComparison.Ordinal))
        {
            return null;
        }

        if (registry.TryFindField(token.Text, out Field? field))
        {
            return new FieldOperand(field, fields.AddAll(field), ParseLayers());
        }

        if (registry.FindProtocol(token.Text) is not { } reference)
        {
            return null;
        }

        NamesUpperProtocol |= reference.Protocol.Layer >= OsiLayer.Session;
        return new ProtocolOperand(reference.Protocol.FilterName, ParseLayers());
    }

    private FunctionOperand ParseFunction(FilterToken token, ValueType type)
    {
        Expect("(");
        var arguments = new List<FilterOperand>();
        do
        {
            FilterToken at = Current;
            FilterOperand argument = Typed(ParseSum(), at);
            bool fits = token.Text switch
            {
                "upper" or "lower" => argument.Type == ValueType.Text,
                "len" => ValueTypes.HasBytes(argument.Type),
                "max" or "min" or "abs" => argument.Type == ValueType.Integer,
                "string" => argument.Type != ValueType.None && argument is FieldOperand,
                _ => argument is FieldOperand,
            };
            arguments.Add(fits ? argument : throw new DisplayFilterException(at.At, $"{token.Text}() takes no such value"));
        }
        while (token.Text is "max" or "min" && Take(","));
        Expect(")");
        return new FunctionOperand(token.Text, type, [.. arguments]);
    }

    // #2, #-1, #[1,3-4]
    private LayerRange[]? ParseLayers()
    {
        if (!Take("#"))
        {
            return null;
        }

        if (!Take("["))
        {
            int number = ParseInteger();
            return [new LayerRange(number, number)];
        }

        return [.. ParseSlice(isOpened: true).Select(r => new LayerRange(r.Start, r.End is { } end ? end : -1))];
    }

    // [start:length], [first-last], [start:], [:length], [at], several with commas.
    private (int Start, int? End)[] ParseSlice(bool isOpened = false)
    {
        if (!isOpened)
        {
            Expect("[");
        }

        var ranges = new List<(int, int?)>();
        do
        {
            int start = Current.Is(":") ? 0 : ParseInteger();
            if (Take(":"))
            {
                bool isOpen = Current.Is(",") || Current.Is("]");
                int? end = isOpen ? null : start + ParseInteger();
                ranges.Add((start, end));
            }
            else if (Take("-"))
            {
                bool isOpen = Current.Is(",") || Current.Is("]");
                int? last = isOpen ? null : ParseInteger();
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

    private int ParseInteger()
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

    private static FilterOperand LiteralOf(Side side, ValueType type, Field? field) =>
        new LiteralOperand(type, FilterLiteral.Read(side.Literal!, side.IsNegative, type, field));

    private static Regex RegexOf(FilterToken pattern)
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

    private FilterOperand WithBytes(Side side, FilterToken operation, string what)
    {
        FilterOperand operand = Typed(side, operation);
        return ValueTypes.HasBytes(operand.Type) && operand.Type is ValueType.Text or ValueType.Bytes or ValueType.Mac
            ? operand
            : throw new DisplayFilterException(operation.At, $"'{what}' needs a text, bytes or a protocol before it");
    }

    // The left side: a field, a protocol or a function.
    private FilterOperand Typed(Side side, FilterToken operation)
    {
        FilterOperand operand = side.Operand ?? throw NoField(side.Literal!);
        return operand.Type != ValueType.None
            ? operand
            : throw new DisplayFilterException(operation.At, $"{side.Literal!.Text} has no value to compare: it is there or not");
    }

    // The right side: of the type of the left.
    private static FilterOperand Typed(Side side, FilterOperand left, FilterToken operation)
    {
        if (side.Operand is null)
        {
            return LiteralOf(side, left.Type, (left as FieldOperand)?.Field);
        }

        return ValueTypes.AreComparable(left.Type, side.Operand.Type)
            ? side.Operand
            : throw new DisplayFilterException(operation.At, $"what stands on both sides of '{operation.Text}' cannot be compared");
    }

    private DisplayFilterException NoField(FilterToken token)
    {
        if (token.Kind != FilterTokenKind.Word || !char.IsAsciiLetter(token.Text[0]))
        {
            return new DisplayFilterException(token.At, $"'{token.Text}' is no field: a field, a protocol or a function is expected here");
        }

        return new DisplayFilterException(token.At, $"there is no field '{token.Text}'{(registry.NearestField(token.Text) is { } nearest ? $"; the nearest is {nearest}" : "")}");
    }

    private DisplayFilterException Unexpected() => new(
        Current.At, Current.Kind == FilterTokenKind.End ? "the expression ends too early" : $"'{Current.Text}' is not expected here");

    private bool Take(string symbol)
    {
        bool found = Current.Is(symbol);
        _next += found ? 1 : 0;
        return found;
    }

    private bool TakeWord(string word)
    {
        bool found = Current.Kind == FilterTokenKind.Word && Current.Text == word;
        _next += found ? 1 : 0;
        return found;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol))
        {
            throw new DisplayFilterException(Current.At, $"'{symbol}' is expected here");
        }
    }

    /// <summary>A side of an operator: an operand, or a piece whose meaning the other side tells.</summary>
    private readonly record struct Side(FilterOperand? Operand, FilterToken? Literal = null, bool IsNegative = false);
}
