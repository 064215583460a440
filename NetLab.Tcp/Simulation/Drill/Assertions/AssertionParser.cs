using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>Reads assertions: statements of a small part of Python.</summary>
internal sealed class AssertionParser
{
    private static readonly string[] Statements = ["def", "class", "with", "try", "return", "lambda", "exec", "global", "del", "raise"];

    private readonly AssertionCursor _cursor;
    private readonly ExpressionParser _expressions;

    private AssertionParser(AssertionCursor cursor)
    {
        _cursor = cursor;
        _expressions = new ExpressionParser(cursor);
    }

    /// <summary>Reads a piece of code.</summary>
    /// <param name="code">What stands between the braces.</param>
    /// <param name="line">The line of the script it begins on.</param>
    public static IReadOnlyList<AssertionStatement> Parse(string code, int line)
    {
        return new AssertionParser(new AssertionCursor(AssertionLexer.Read(code, line))).ParseBlock(-1);
    }

    // The statements that stand further in than a column.
    private List<AssertionStatement> ParseBlock(int column)
    {
        List<AssertionStatement> statements = [];
        while (true)
        {
            while (_cursor.Now.Kind == AssertionTokenKind.NewLine)
            {
                _cursor.At++;
            }

            if (_cursor.Now.Kind == AssertionTokenKind.End || _cursor.Now.Column <= column)
            {
                return statements;
            }

            if (ParseStatement() is { } statement)
            {
                statements.Add(statement);
            }

            if (_cursor.Now.Kind is not (AssertionTokenKind.NewLine or AssertionTokenKind.End) && statements.LastOrDefault() is not { Body: not null })
            {
                throw _cursor.Error($"'{_cursor.Now.Text}' is not expected in an assertion");
            }
        }
    }

    private AssertionStatement ParseIf(int column, int line)
    {
        _cursor.Enter();

        AssertionExpression condition = _expressions.ParseTest();
        IReadOnlyList<AssertionStatement> body = ParseBody(column);
        IReadOnlyList<AssertionStatement> others = [];
        int at = _cursor.At;
        while (_cursor.Now.Kind == AssertionTokenKind.NewLine)
        {
            _cursor.At++;
        }

        if (_cursor.Now.Column == column && _cursor.TryTake("elif"))
        {
            others = [ParseIf(column, _cursor.Now.Line)];
        }
        else if (_cursor.Now.Column == column && _cursor.TryTake("else"))
        {
            others = ParseBody(column);
        }
        else
        {
            _cursor.At = at;
        }

        _cursor.Leave();
        return new AssertionStatement(line, null, condition, null, IsAssertion: false) { Body = body, Otherwise = others };
    }

    private AssertionStatement ParseLoop(int column, int line)
    {
        _cursor.Enter();
        string? name = null;
        if (_cursor.TryTake("for"))
        {
            name = _cursor.Now.Kind == AssertionTokenKind.Name ? _cursor.Now.Text : throw _cursor.Error("a name is expected behind 'for'");
            _cursor.At++;
            _cursor.Expect("in");
        }
        else
        {
            _cursor.Expect("while");
        }

        AssertionExpression over = _expressions.ParseTestList();
        List<AssertionStatement> body = ParseBody(column);
        _cursor.Leave();
        return new AssertionStatement(line, name, over, null, IsAssertion: false) { Body = body, IsLoop = true };
    }

    // On the same line behind the colon, or on those below it that are indented.
    private List<AssertionStatement> ParseBody(int column)
    {
        _cursor.Expect(":");
        return _cursor.Now.Kind == AssertionTokenKind.NewLine ? ParseBlock(column) : ParseStatement() is { } only ? [only] : [];
    }

    private AssertionStatement? ParseStatement()
    {
        (int line, int column) = (_cursor.Now.Line, _cursor.Now.Column);
        if (_cursor.TryTake("if"))
        {
            return ParseIf(column, line);
        }

        if (_cursor.Now is { Kind: AssertionTokenKind.Name, Text: "for" or "while" })
        {
            return ParseLoop(column, line);
        }

        if (_cursor.TryTake("assert"))
        {
            AssertionExpression test = _expressions.ParseTest();
            return new AssertionStatement(line, null, test, _cursor.TryTake(",") ? _expressions.ParseTest() : null, IsAssertion: true);
        }

        if (_cursor.TryTake("import") || _cursor.TryTake("from") || _cursor.TryTake("pass"))
        {
            while (_cursor.Now.Kind is not (AssertionTokenKind.NewLine or AssertionTokenKind.End))
            {
                _cursor.At++;
            }

            return null;
        }

        if (_cursor.Now.Kind == AssertionTokenKind.Name && Statements.Contains(_cursor.Now.Text))
        {
            throw new DrillUnsupportedException(line, $"'{_cursor.Now.Text}' in an assertion: of Python, only assert, print, if, for, while and assignments are spoken");
        }

        if (_cursor.Now.Kind == AssertionTokenKind.Name && _cursor.Following is { Kind: AssertionTokenKind.Operator } sign && sign.Text.EndsWith('=')
            && sign.Text is not ("==" or "<=" or ">=" or "!="))
        {
            string name = _cursor.Now.Text;
            _cursor.At += 2;
            AssertionExpression value = _expressions.ParseTestList();
            string op = sign.Text[..^1];
            return new AssertionStatement(line, name, op.Length == 0 ? value : scope => AssertionValue.Apply(op, scope.Look(name, line), value(scope)), null, IsAssertion: false);
        }

        if (_cursor.Now is { Kind: AssertionTokenKind.Name, Text: "print" })
        {
            _cursor.At++;
            _expressions.ParseTestList();
            return null;
        }

        return new AssertionStatement(line, null, _expressions.ParseTestList(), null, IsAssertion: false);
    }
}
