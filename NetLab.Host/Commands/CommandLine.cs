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

    /// <summary>Runs a command line.</summary>
    /// <returns>0 done, 1 it failed, 2 the command line or the configuration is wrong, 130 interrupted.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("nlab, the networking lab: a TCP of its own over UDP, an emulated link, and captures decoded by OSI layer")
        {
            DemoCommand.Create(),
            ServeCommand.Create(),
            ListenCommand.Create(),
            ConnectCommand.Create(),
            ForwardCommand.Create(),
            SendCommand.Create(),
            ReceiveCommand.Create(),
            HttpCommand.Create(),
            PerfCommand.Create(),
            PlotCommand.Create(),
            CompareCommand.Create(),
            LinkCommand.Create(),
            DecodeCommand.Create(),
            FieldsCommand.Create(),
            StatsCommand.Create(),
            FollowCommand.Create(),
            ObjectsCommand.Create(),
            FlowCommand.Create(),
            LabCommand.Create(),
            LiveCommand.Create(),
            HuntCommand.Create(),
            CaptureCommand.Create(),
            UiCommand.Create(),
            DrillCommand.Create(),
            CompletionCommand.Create(),
        };
        root.Add(ManCommand.Create(root));
        var color = new Option<ColorChoice>("--color") { Description = "Colors: auto (for terminals), always (for pagers) or never", HelpName = "WHEN", Recursive = true };
        root.Add(color);
        VerbHelp.Install(root);
        if (args is [] or ["help"])
        {
            args = ["--help"];
        }
        else if (args is ["help", ..])
        {
            args = [.. args[1..], "--help"];
        }

        // A word that begins with @ is what it is: a file to send, and no file of further words.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            if (Suggestion.About(parsed, args) is { } better)
            {
                return Fail($"{better} (nlab --help tells what there is)", ExitCode.Usage);
            }

            // Of several, the one that names a word says most; "a command is required" only repeats it.
            ParseError error = parsed.Errors.FirstOrDefault(e => e.Message.Contains('\'', StringComparison.Ordinal)) ?? parsed.Errors[0];
            int types = error.Message.IndexOf(" as expected type", StringComparison.Ordinal);
            string message = types < 0 ? error.Message : error.Message.Contains("ColorChoice", StringComparison.Ordinal) ? "--color: auto, always or never" : error.Message[..types] + " as a number.";
            return Fail($"{message} (nlab --help tells what there is)", ExitCode.Usage);
        }

        // What was mistyped may have been taken for the value of an argument: then nothing is wrong but what it means.
        if (parsed.Action is not null and not VerbHelp && args.Any(a => a.Length > 1 && a[0] == '-') && Suggestion.About(parsed, args) is { } mistyped)
        {
            return Fail($"{mistyped} (nlab --help tells what there is)", ExitCode.Usage);
        }

        Terminal.Prepare(parsed.GetValue(color));
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
            return await parsed.InvokeAsync(configuration, interrupted.Token).ConfigureAwait(false);
        }
        catch (UsageException error)
        {
            return Fail(error.Message, ExitCode.Usage);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return Fail("interrupted", ExitCode.Interrupted);
        }
        catch (Exception error)
        {
            // The last one: whatever it was, the user gets a line and not a stack trace.
            return Fail(error.Message, ExitCode.Failed);
        }
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
