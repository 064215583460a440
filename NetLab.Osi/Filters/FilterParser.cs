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

    private readonly FilterTokens _tokens = new(text);
    private int _depth;

    /// <summary>Whether it names a protocol that may be found only in TCP streams.</summary>
    public bool NamesUpperProtocol { get; private set; }

    /// <summary>The question.</summary>
    /// <exception cref="DisplayFilterException">The expression makes no sense.</exception>
    public FilterTest Parse()
    {
        FilterTest test = ParseOr();
        return _tokens.Current.Kind == FilterTokenKind.End ? test : throw _tokens.Unexpected();
    }

    private FilterTest ParseOr()
    {
        FilterTest left = ParseAnd();
        while (_tokens.TakeWord("or") || _tokens.Take("||"))
        {
            left = new OrTest(left, ParseAnd());
        }

        return left;
    }

    private FilterTest ParseAnd()
    {
        FilterTest left = ParseNot();
        while (_tokens.TakeWord("and") || _tokens.Take("&&"))
        {
            left = new AndTest(left, ParseNot());
        }

        return left;
    }

    private FilterTest ParseNot()
    {
        if (++_depth > MaxDepth)
        {
            throw new DisplayFilterException(_tokens.Current.At, "the expression is nested deeper than 200 times");
        }

        FilterTest test;
        if (_tokens.TakeWord("not") || _tokens.Take("!"))
        {
            test = new NotTest(ParseNot());
        }
        else if (_tokens.Take("("))
        {
            test = ParseOr();
            _tokens.Expect(")");
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
        bool? all = _tokens.TakeWord("all") ? true : _tokens.TakeWord("any") ? false : null;
        FilterToken at = _tokens.Current;
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
            throw _tokens.Unexpected();
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
        FilterToken token = _tokens.Current;
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
            _tokens.Advance();
            FilterOperand operand = Typed(left, token);
            right = ParseSum();
            FilterOperand other = Typed(right, operand, token);
            right = new Side(other, right.Literal, right.IsNegative);
            return new CompareTest(operand, kind.Comparison, other, all ?? kind.All);
        }

        switch (token.Text)
        {
            case "contains":
                _tokens.Advance();
                FilterOperand bytes = WithBytes(left, token, "contains");
                Side what = ParseSum();
                right = what;
                return new ContainsTest(bytes, what.Operand ?? LiteralOf(what, bytes.Type == ValueType.Text ? ValueType.Text : ValueType.Bytes, null), all ?? false);
            case "matches" or "~":
                _tokens.Advance();
                FilterOperand texts = WithBytes(left, token, "matches");
                FilterToken pattern = _tokens.Current;
                if (pattern.Kind is not (FilterTokenKind.Text or FilterTokenKind.Word))
                {
                    throw _tokens.Unexpected();
                }

                _tokens.Advance();
                return new MatchesTest(texts, MatchesTest.PatternOf(pattern), all ?? false);
            case "in":
                _tokens.Advance();
                return new SetTest(Typed(left, token), ParseSet(Typed(left, token)), all ?? false);
            case "not" when _tokens.Following.Text == "in":
                _tokens.Advance();
                _tokens.Advance();
                return new NotTest(new SetTest(Typed(left, token), ParseSet(Typed(left, token)), all ?? false));
            default:
                return null;
        }
    }

    private (FilterValue From, FilterValue? To)[] ParseSet(FilterOperand of)
    {
        _tokens.Expect("{");
        var members = new List<(FilterValue, FilterValue?)>();
        do
        {
            FilterValue from = ParseMember(of);
            members.Add((from, _tokens.Take("..") ? ParseMember(of) : null));
        }
        while (_tokens.Take(","));
        _tokens.Expect("}");
        return [.. members];
    }

    private FilterValue ParseMember(FilterOperand of)
    {
        bool isNegative = _tokens.Take("-");
        FilterToken token = _tokens.Current;
        if (token.Kind is FilterTokenKind.Symbol or FilterTokenKind.End)
        {
            throw _tokens.Unexpected();
        }

        _tokens.Advance();
        return FilterLiteral.Read(token, isNegative, of.Type, of.Field, of.Width);
    }

    private Side ParseSum()
    {
        Side left = ParseProduct();
        while (_tokens.Current.Is("+") || _tokens.Current.Is("-"))
        {
            left = Arithmetic(left, _tokens.Current.Text[0], ParseProduct);
        }

        return left;
    }

    private Side ParseProduct()
    {
        Side left = ParseMask();
        while (_tokens.Current.Is("*") || _tokens.Current.Is("/") || _tokens.Current.Is("%"))
        {
            left = Arithmetic(left, _tokens.Current.Text[0], ParseMask);
        }

        return left;
    }

    private Side ParseMask()
    {
        Side left = ParsePrimary();
        while (_tokens.Current.Is("&") || (_tokens.Current.Kind == FilterTokenKind.Word && _tokens.Current.Text == "bitwise_and"))
        {
            left = Arithmetic(left, '&', ParsePrimary);
        }

        return left;
    }

    private Side Arithmetic(Side left, char operation, Func<Side> parse)
    {
        FilterToken token = _tokens.Current;
        _tokens.Advance();
        FilterOperand a = Typed(left, token);
        if (a.Type is not (ValueType.Integer or ValueType.Time) && !(operation == '&' && a.Type == ValueType.Bytes))
        {
            throw new DisplayFilterException(token.At, $"'{token.Text}' needs numbers on both sides");
        }

        return new Side(new ArithmeticOperand(a, operation, Typed(parse(), a, token)));
    }

    private Side ParsePrimary()
    {
        bool isNegative = _tokens.Take("-");
        FilterToken token = _tokens.Current;
        if (token.Kind is FilterTokenKind.End)
        {
            throw new DisplayFilterException(token.At, "the expression ends where a value is expected");
        }

        if (token.Kind == FilterTokenKind.Symbol)
        {
            throw _tokens.Unexpected();
        }

        _tokens.Advance();
        if (token.Kind != FilterTokenKind.Word || isNegative)
        {
            return new Side(null, token, isNegative);
        }

        FilterOperand? operand = Functions.TryGetValue(token.Text, out ValueType type) && _tokens.Current.Is("(") ? ParseFunction(token, type) : NamedOperand(token);
        if (operand is null)
        {
            return new Side(null, token);
        }

        while (_tokens.Current.Is("["))
        {
            if (!ValueTypes.HasBytes(operand.Type))
            {
                throw new DisplayFilterException(_tokens.Current.At, $"{token.Text} has no bytes to take a slice of");
            }

            operand = new SliceOperand(operand, _tokens.Slice());
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
            return new FieldOperand(field, fields.AddAll(field), _tokens.Layers());
        }

        if (registry.FindProtocol(token.Text) is not { } reference)
        {
            return null;
        }

        NamesUpperProtocol |= reference.Protocol.Layer >= OsiLayer.Session;
        return new ProtocolOperand(reference.Protocol.FilterName, _tokens.Layers());
    }

    private FunctionOperand ParseFunction(FilterToken token, ValueType type)
    {
        _tokens.Expect("(");
        var arguments = new List<FilterOperand>();
        do
        {
            FilterToken at = _tokens.Current;
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
        while (token.Text is "max" or "min" && _tokens.Take(","));
        _tokens.Expect(")");
        return new FunctionOperand(token.Text, type, [.. arguments]);
    }

    private static FilterOperand LiteralOf(Side side, ValueType type, Field? field, int width = 8) =>
        new LiteralOperand(type, FilterLiteral.Read(side.Literal!, side.IsNegative, type, field, width));

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
            return LiteralOf(side, left.Type, left.Field, left.Width);
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

    /// <summary>A side of an operator: an operand, or a piece whose meaning the other side tells.</summary>
    private readonly record struct Side(FilterOperand? Operand, FilterToken? Literal = null, bool IsNegative = false);
}
