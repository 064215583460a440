using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>The two outputs: data and tables on stdout, everything else on stderr. Plain when redirected or NO_COLOR is set.</summary>
internal static class Terminal
{
    /// <summary>Standard output.</summary>
    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>Standard error.</summary>
    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Whether standard error is where a person looks, and wants to see it change: not redirected, and NO_COLOR not set.</summary>
    public static bool IsLive { get; } = !Console.IsErrorRedirected && !IsPlain;

    private static bool IsPlain => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        bool plain = redirected || IsPlain;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
        {
            // A pipe has no width; tables must not be folded for one.
            console.Profile.Width = 160;
        }

        return console;
    }
}
