namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>Reads a system call: name, arguments, result.</summary>
internal static class ArgumentParser
{
    private const int MaxDepth = 16;
    private const int MaxItems = 1024;

    /// <summary>Reads a call whose name comes next.</summary>
    public static DrillCall Parse(ScriptScanner scanner)
    {
        scanner.TryTake("");
        int start = scanner.Position;
        string name = scanner.TakeWord();
        if (name.Length == 0)
        {
            throw scanner.Error($"a packet, a system call, a command or an assertion is expected, not {scanner.Found()}");
        }

        scanner.Expect("(");
        List<DrillArgument> arguments = ParseList(scanner, ")", 0);
        scanner.Expect("=");
        long? returns = null;
        if (!scanner.TryTake("..."))
        {
            if (scanner.TryTakeInteger(out long value))
            {
                returns = value;
            }
            else
            {
                // A result by name, such as of fcntl(F_GETFL).
                ParseNames(scanner);
            }
        }

        string? error = null;
        if (scanner.Next == 'E')
        {
            string word = scanner.TakeWord();
            error = word.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)) ? word : throw scanner.Error($"{word} is no error's name");
        }

        string text = scanner.TextSince(start);
        if (scanner.TryTake("("))
        {
            scanner.TakeUntil(")", "the note of a result");
        }

        return new DrillCall(name, arguments, returns, error, text);
    }

    private static List<DrillArgument> ParseList(ScriptScanner scanner, string end, int depth)
    {
        List<DrillArgument> items = [];
        while (!scanner.TryTake(end))
        {
            if (items.Count > 0)
            {
                scanner.Expect(",");
                if (scanner.TryTake(end))
                {
                    break;
                }
            }

            items.Add(items.Count < MaxItems ? ParseArgument(scanner, depth + 1) : throw scanner.Error($"a list has more than {MaxItems} items"));
        }

        return items;
    }

    private static DrillArgument ParseArgument(ScriptScanner scanner, int depth)
    {
        if (depth > MaxDepth)
        {
            throw scanner.Error($"arguments are nested more than {MaxDepth} deep");
        }

        if (scanner.TryTake("..."))
        {
            return new OmittedArgument();
        }

        if (scanner.TryTake("["))
        {
            return new ListArgument(ParseList(scanner, "]", depth));
        }

        if (scanner.TryTake("{"))
        {
            return ParseStruct(scanner, depth);
        }

        if (scanner.TryTake("\""))
        {
            string text = scanner.TakeUntil("\"", "a text");
            return new TextArgument(text);
        }

        if (scanner.TryTake("("))
        {
            DrillArgument inner = ParseArgument(scanner, depth + 1);
            scanner.Expect(")");
            return inner;
        }

        if (scanner.TryTakeInteger(out long value))
        {
            // A range of values, as in 1~2, is as good as its first.
            if (scanner.TryTake("~"))
            {
                scanner.TryTakeInteger(out _);
                return new OmittedArgument();
            }

            if (scanner.TryTakeWord("us") || scanner.TryTakeWord("ms"))
            {
                return new OmittedArgument();
            }

            return scanner.Next == '|' ? ParseNames(scanner, value) : new NumberArgument(value);
        }

        return ParseNames(scanner, null, depth);
    }

    private static DrillArgument ParseNames(ScriptScanner scanner, long? first = null, int depth = 0)
    {
        List<string> names = [];
        if (first is { } number)
        {
            names.Add(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            scanner.Expect("|");
        }

        do
        {
            string word = scanner.TakeWord();
            if (word.Length == 0)
            {
                if (scanner.TryTakeInteger(out long value))
                {
                    word = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
                }
                else
                {
                    throw scanner.Error($"an argument is expected, not {scanner.Found()}");
                }
            }
            else if (names.Count == 0 && scanner.TryTake("("))
            {
                return new FunctionArgument(word, ParseList(scanner, ")", depth));
            }

            names.Add(word);
        }
        while (names.Count < MaxItems && scanner.TryTake("|"));

        return new NameArgument(names);
    }

    private static StructArgument ParseStruct(ScriptScanner scanner, int depth)
    {
        List<(string Name, DrillArgument Value)> fields = [];
        while (!scanner.TryTake("}"))
        {
            if (fields.Count > 0)
            {
                scanner.Expect(",");
                if (scanner.TryTake("}"))
                {
                    break;
                }
            }

            if (fields.Count >= MaxItems)
            {
                throw scanner.Error($"a structure has more than {MaxItems} fields");
            }

            fields.Add(ParseField(scanner, depth));
        }

        return new StructArgument(fields);
    }

    private static (string Name, DrillArgument Value) ParseField(ScriptScanner scanner, int depth)
    {
        DrillArgument value = ParseArgument(scanner, depth + 1);
        string? name = value switch
        {
            NameArgument { Names: [var only] } => only,

            // msg_iov(1)=[…]: the number only repeats how many follow.
            FunctionArgument function => function.Name,
            _ => null,
        };
        return name is not null && (scanner.TryTake("=") || scanner.TryTake(":")) ? (name, ParseArgument(scanner, depth + 1)) : ("", value);
    }
}
