namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>Reads a whole script.</summary>
internal static class ScriptParser
{
    private const int MaxEvents = 100_000;
    private const int MaxOptions = 1000;

    /// <summary>Reads options and events.</summary>
    /// <exception cref="DrillSyntaxException">It is no script.</exception>
    /// <exception cref="DrillUnsupportedException">It asks for what is not to be had.</exception>
    public static (IReadOnlyList<(string Name, string Value, int Line)> Options, IReadOnlyList<DrillEvent> Events) Parse(string text)
    {
        var scanner = new ScriptScanner(text);
        List<(string, string, int)> options = [];
        while (!scanner.IsAtEnd && scanner.Next == '-' && options.Count < MaxOptions)
        {
            options.Add(ParseOption(scanner));
        }

        List<DrillEvent> events = [];
        while (!scanner.IsAtEnd)
        {
            events.Add(events.Count < MaxEvents ? ParseEvent(scanner) : throw scanner.Error($"a script has more than {MaxEvents} events"));
        }

        return (options, events);
    }

    private static (string Name, string Value, int Line) ParseOption(ScriptScanner scanner)
    {
        int line = scanner.Line;
        scanner.TakeWhile(c => c == '-');
        string name = scanner.TakeWhile(c => ScriptScanner.IsWordCharacter(c) || c == '-');
        string value = "";
        if (scanner.Peek(0) is '=' or ' ' or '\t')
        {
            value = scanner.TakeLine().TrimStart('=', ' ', '\t');
            int comment = value.IndexOf("//", StringComparison.Ordinal);
            value = (comment < 0 ? value : value[..comment]).Trim();
        }

        return name.Length > 0 ? (name, value, line) : throw new DrillSyntaxException(line, "an option has no name");
    }

    private static DrillEvent ParseEvent(ScriptScanner scanner)
    {
        int line = scanner.Line;
        (DrillTime time, TimeSpan? until) = ParseTime(scanner);
        line = scanner.IsAtEnd ? line : scanner.Line;
        if (scanner.Next is '<' or '>')
        {
            return new PacketEvent(line, time, PacketParser.Parse(scanner));
        }

        if (scanner.TryTake("`"))
        {
            return new CommandEvent(line, time, scanner.TakeUntil("`", "a command"));
        }

        if (scanner.TryTake("%{"))
        {
            return new CodeEvent(line, time, scanner.TakeUntil("}%", "an assertion"));
        }

        return new CallEvent(line, time, ArgumentParser.Parse(scanner), until);
    }

    private static (DrillTime Time, TimeSpan? Until) ParseTime(ScriptScanner scanner)
    {
        DrillTime time = DrillTime.AtOnce;
        if (scanner.TryTake("*"))
        {
            return (new DrillTime(DrillTimeKind.Any, default, default), null);
        }

        DrillTimeKind kind = scanner.TryTake("+") ? DrillTimeKind.Relative : DrillTimeKind.Absolute;
        if (!scanner.TryTakeSeconds(out TimeSpan start))
        {
            // Without a time an event follows the one before it at once.
            return kind == DrillTimeKind.Absolute ? (time, null) : throw scanner.Error($"a time is expected behind '+', not {scanner.Found()}");
        }

        TimeSpan end = start;
        if (scanner.TryTake("~"))
        {
            scanner.TryTake("+");
            end = scanner.TryTakeSeconds(out TimeSpan last) ? last : throw scanner.Error($"a time is expected behind '~', not {scanner.Found()}");
            if (end < start)
            {
                throw scanner.Error("a range of time ends before it begins");
            }
        }

        TimeSpan? until = null;
        if (scanner.TryTake("..."))
        {
            scanner.TryTake("+");
            until = scanner.TryTakeSeconds(out TimeSpan last) ? last : throw scanner.Error($"a time is expected behind '...', not {scanner.Found()}");
            if (until < start)
            {
                throw scanner.Error("a call returns before it is made");
            }
        }

        return (new DrillTime(kind, start, end), until);
    }
}
