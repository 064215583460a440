using System.Globalization;
using NetLab.Host.Paths;
using NetLab.Host.Settings;
using NetLab.Udp.Links;
using NetLab.Udp.Links.Paths;

namespace NetLab.Host.Commands;

/// <summary>The paths of <c>nlab link --record</c> and <c>--from</c>: written, and played.</summary>
internal static class LinkPathOutput
{
    /// <summary>Who writes down what the link does; null if nobody asked.</summary>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static LinkPathRecorder? Open(FileInfo? file)
    {
        // Said now, and not after an hour.
        OutputPath.Check(file?.FullName, "--record");
        return file is null ? null : new LinkPathRecorder();
    }

    /// <summary>The link with what a capture tells.</summary>
    /// <exception cref="UsageException">The link says what the path has of its own.</exception>
    public static LinkDescription Play(LinkDescription link, CapturedPath captured, string text)
    {
        foreach (LinkDirection direction in (LinkDirection[])[link.Up, link.Down])
        {
            if (direction is { Delay.Ticks: > 0 } or { Jitter.Ticks: > 0 } or { Loss: > 0 } or { HasLine: true } or { Path: not null })
            {
                throw new UsageException($"--link '{text}': with --from, delay, loss and rate are the capture's");
            }
        }

        foreach (string note in captured.Notes)
        {
            Console.Error.WriteLine(note);
        }

        return link.WithPath(captured.Path);
    }

    /// <summary>Writes a path to a file, or to standard output.</summary>
    public static void Write(CapturedPath captured, FileInfo? file, string by)
    {
        string[] comments =
        [
            "A path as nlab saw it once: nlab link udp://LISTEN udp://TARGET --link replay=FILE plays it.",
            string.Create(CultureInfo.InvariantCulture, $"made by nlab from {by}, {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm:ss}Z"),
            .. captured.Notes,
        ];
        if (file is null)
        {
            RecordedPathFile.Write(Console.Out, captured.Path, comments);
            return;
        }

        if (captured.Path is { Up: null, Down: null })
        {
            Console.Error.WriteLine($"nlab: --record '{file}': nothing arrived, so there is no path to record");
            return;
        }

        using var stream = OutputFile.Open("--record", file.FullName);
        using var writer = new StreamWriter(stream);
        RecordedPathFile.Write(writer, captured.Path, comments);
        foreach (string note in captured.Notes)
        {
            Console.Error.WriteLine(note);
        }

        Console.Error.WriteLine($"the path is in {file}: --link replay={file}");
    }
}
