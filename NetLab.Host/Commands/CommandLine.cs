using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using System.Runtime.InteropServices;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary>The command <c>nlab</c>: its verbs, and how any of them ends.</summary>
internal static class CommandLine
{
    /// <summary>The version of the package.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    // A start makes only the verb that it runs: the options of all others cost more than to decode a small capture.
    private static readonly (string Name, Func<Command> Create)[] Verbs =
    [
        ("demo", DemoCommand.Create),
        ("serve", ServeCommand.Create),
        ("listen", ListenCommand.Create),
        ("connect", ConnectCommand.Create),
        ("forward", ForwardCommand.Create),
        ("send", SendCommand.Create),
        ("receive", ReceiveCommand.Create),
        ("http", HttpCommand.Create),
        ("dns", DnsCommand.Create),
        ("balancer", BalancerCommand.Create),
        ("perf", PerfCommand.Create),
        ("plot", PlotCommand.Create),
        ("compare", CompareCommand.Create),
        ("link", LinkCommand.Create),
        ("up", UpCommand.Create),
        ("decode", DecodeCommand.Create),
        ("fields", FieldsCommand.Create),
        ("stats", StatsCommand.Create),
        ("sql", SqlCommand.Create),
        ("follow", FollowCommand.Create),
        ("objects", ObjectsCommand.Create),
        ("flow", FlowCommand.Create),
        ("lab", LabCommand.Create),
        ("live", LiveCommand.Create),
        ("hunt", HuntCommand.Create),
        ("capture", CaptureCommand.Create),
        ("ui", UiCommand.Create),
        ("drill", DrillCommand.Create),
        ("node", NodeCommand.Create),
        ("on", OnCommand.Create),
        ("completion", CompletionCommand.Create),
    ];

    // So long a verb has to come to a point where it can be cancelled.
    private static readonly TimeSpan SignalTimeout = TimeSpan.FromSeconds(1);

    // What Ctrl-C or SIGTERM ends is not broken off by them, however early they come.
    private static readonly HashSet<string> UntilStopped = ["serve", "forward", "link", "up", "capture", "ui", "perf server", "node"];

    private static readonly Option<ColorChoice> Color = new("--color")
    {
        Description = "Colors: auto (for terminals), always (for pagers) or never",
        HelpName = "WHEN",
        Recursive = true,
    };

    /// <summary>Runs a command line.</summary>
    /// <returns>0 done, 1 it failed, 2 the command line or the configuration is wrong, 130 interrupted.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        RootCommand root = CreateRoot(args is [{ } first, ..] ? Array.Find(Verbs, v => v.Name == first).Create : null);
        if (args is [['[', ..], ..])
        {
            Completions.AddTo(root);
        }

        if (args is [] or ["help"])
        {
            args = ["--help"];
        }
        else if (args is ["help", var about, ..])
        {
            // Nobody asks for help about what there is not, and is helped by what there is.
            if (Suggestion.AboutVerb(about, root) is { } none)
            {
                return Fail($"{none} (nlab --help tells what there is)", ExitCode.Usage);
            }

            args = [.. args[1..], "--help"];
        }

        // A word that begins with @ is what it is: a file to send, and no file of further words.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            if (Suggestion.About(parsed, args) is { } better)
            {
                return Fail($"{better} ({HelpOn(parsed)} tells what there is)", ExitCode.Usage);
            }

            // Of several, the one that names a word says most; "a command is required" only repeats it.
            ParseError error = parsed.Errors.FirstOrDefault(e => e.Message.Contains('\'', StringComparison.Ordinal)) ?? parsed.Errors[0];
            return Fail($"{ParseErrorText.Of(error.Message)} ({HelpOn(parsed)} tells what there is)", ExitCode.Usage);
        }

        // What was mistyped may have been taken for the value of an argument: then nothing is wrong but what it means.
        if (parsed.Action is not null and not VerbHelp && args.Any(a => a.Length > 1 && a[0] == '-') && Suggestion.About(parsed, args) is { } mistyped)
        {
            return Fail($"{mistyped} ({HelpOn(parsed)} tells what there is)", ExitCode.Usage);
        }

        Terminal.Prepare(parsed.GetValue(Color));
        using var interrupted = new CancellationTokenSource();

        // Half a measurement is told to stop by the end of its input, by who started it: Ctrl-C reaches both, and the other
        // half is needed for a moment yet.
        using PosixSignalRegistration interrupt = args.Contains("--json-stream")
            ? PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true)
            : OnSignal(PosixSignal.SIGINT, interrupted);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, interrupted);
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await InvokeAsync(parsed, configuration, interrupted.Token).ConfigureAwait(false);
        }
        catch (UsageException error)
        {
            return Fail(error.Message, ExitCode.Usage);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return UntilStopped.Contains(Suggestion.PathOf(parsed.CommandResult.Command)) ? Fail("stopped", ExitCode.Done) : Fail("interrupted", ExitCode.Interrupted);
        }
        catch (Exception error)
        {
            // The last one: whatever it was, the user gets a line and not a stack trace.
            return Fail(error.Message, ExitCode.Failed);
        }
    }

    /// <summary>The command with every verb.</summary>
    internal static RootCommand WithAllVerbs() => CreateRoot(null);

    // What a verb does before it first waits may be a call of the system that nothing cancels, such as to open a pipe that nobody writes.
    private static async Task<int> InvokeAsync(ParseResult parsed, InvocationConfiguration configuration, CancellationToken interrupted)
    {
        Task<Task<int>> beginning = Task.Run<Task<int>>(() => Task.FromResult(parsed.InvokeAsync(configuration, interrupted)), CancellationToken.None);
        var stuck = new TaskCompletionSource();
        using CancellationTokenSource late = new();
        using CancellationTokenRegistration signal = interrupted.Register(() => late.CancelAfter(SignalTimeout));
        using CancellationTokenRegistration over = late.Token.Register(() => stuck.TrySetCanceled(interrupted));
        await (await Task.WhenAny(beginning, stuck.Task).ConfigureAwait(false)).ConfigureAwait(false);
        return await (await beginning.ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static string HelpOn(ParseResult parsed) => parsed.CommandResult.Command is RootCommand ? "nlab --help" : $"nlab {Suggestion.PathOf(parsed.CommandResult.Command)} --help";

    // With one verb, or with all of them.
    private static RootCommand CreateRoot(Func<Command>? only)
    {
        var root = new RootCommand("nlab, the networking lab: a TCP of its own over UDP, an emulated link, and captures decoded by OSI layer") { Color };
        if (only is not null)
        {
            root.Add(only());
        }
        else
        {
            foreach ((_, Func<Command> create) in Verbs)
            {
                root.Add(create());
            }

            root.Add(ManCommand.Create(root));
        }

        VerbHelp.Install(root);
        return root;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource interrupted) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The first is a request; a second one ends the process as usual.
            context.Cancel = !interrupted.IsCancellationRequested;
            interrupted.Cancel();
        });

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine($"nlab: {PlainText.Of(message.ReplaceLineEndings(" "))}");
        return exitCode;
    }
}
