using System.Globalization;
using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>
/// The two outputs: data and tables on stdout, everything else on stderr. Colors are for terminals, unless <c>--color</c> says otherwise;
/// NO_COLOR and TERM=dumb are heard. Where the locale says another encoding than UTF-8, lines and arrows are of ASCII.
/// </summary>
internal static class Terminal
{
    // What has no width is not folded; a rule has to have some.
    private const int Unlimited = 10_000;
    private const int RuleWidth = 78;

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];
    private static readonly Lazy<IAnsiConsole> LazyOut = new(() => Create(Console.Out, Console.IsOutputRedirected));
    private static readonly Lazy<IAnsiConsole> LazyError = new(() => Create(Console.Error, Console.IsErrorRedirected));
    private static ColorChoice _color;

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Out => LazyOut.Value;

    /// <summary>Standard error.</summary>
    public static IAnsiConsole Error => LazyError.Value;

    /// <summary>Whether standard output gets colors.</summary>
    public static bool HasColors => WantsColors(Console.IsOutputRedirected);

    /// <summary>Whether standard error is where a person looks, and can be drawn over.</summary>
    public static bool IsLive => !Console.IsErrorRedirected && !IsDumb;

    private static bool IsDumb => Environment.GetEnvironmentVariable("TERM") == "dumb";

    /// <summary>Sets what the command line says of colors, and makes ready for a terminal without UTF-8. Before anything is written.</summary>
    public static void Prepare(ColorChoice color)
    {
        _color = color;
        if (!IsUtf8())
        {
            Console.SetOut(new AsciiWriter(Console.Out));
            Console.SetError(new AsciiWriter(Console.Error));
        }
    }

    /// <summary>Writes a heading: a line with a text in it.</summary>
    public static void WriteHeading(string text)
    {
        int width = Math.Min(RuleWidth, Out.Profile.Width);
        string line = $"── {text} ";
        Console.WriteLine();
        Console.WriteLine(line + new string('─', Math.Max(0, width - line.Length)));
    }

    private static bool WantsColors(bool redirected) => _color switch
    {
        ColorChoice.Always => true,
        ColorChoice.Never => false,
        _ => !redirected && !IsDumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
    };

    // As POSIX has it: the first of these that is set decides. Where none is, today's terminals are UTF-8.
    private static bool IsUtf8()
    {
        string? locale = LocaleVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(v => !string.IsNullOrEmpty(v));
        return OperatingSystem.IsWindows() || locale is null || locale.Replace("-", "", StringComparison.Ordinal).Contains("utf8", StringComparison.OrdinalIgnoreCase);
    }

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        bool colors = WantsColors(redirected);
        bool draws = !redirected && !IsDumb;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            ColorSystem = colors ? (draws ? ColorSystemSupport.Detect : ColorSystemSupport.Standard) : ColorSystemSupport.NoColors,
            Ansi = draws || colors ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = draws ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) && columns > 0)
        {
            console.Profile.Width = columns;
        }
        else if (redirected)
        {
            console.Profile.Width = Unlimited;
        }

        return console;
    }
}
