using System.ComponentModel;
using System.Diagnostics;
using NetLab.Host.Plots;
using NetLab.Host.Settings;

namespace NetLab.Host.Rendering;

/// <summary>Pictures in files: SVG, which is the same bytes everywhere, or PNG, which rsvg-convert makes of it where it is installed.</summary>
internal static class PictureFile
{
    private const string Converter = "rsvg-convert";

    /// <summary>Says beforehand that a picture cannot be written there.</summary>
    /// <exception cref="UsageException">The name or the folder is wrong.</exception>
    /// <exception cref="IOException">What makes PNG is not installed.</exception>
    public static void Check(FileInfo? file, string option)
    {
        if (file is not null && !Is(file, ".svg") && !Is(file, ".png"))
        {
            throw new UsageException($"{option} '{file}': a picture is .svg or .png");
        }

        OutputPath.Check(file?.ToString(), option);

        if (file is not null && Is(file, ".png"))
        {
            using Process probe = StartConverter(file, "--version");
            probe.StandardInput.Close();
            probe.StandardOutput.ReadToEnd();
            probe.WaitForExit();
        }
    }

    /// <summary>Writes a picture.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    public static void Write(FileInfo file, Figure figure)
    {
        try
        {
            if (Is(file, ".svg"))
            {
                File.WriteAllText(file.FullName, figure.ToSvg());
                return;
            }

            // What prefers light or dark does not know itself on paper.
            Convert(file, figure with { Theme = figure.Theme == ChartTheme.Automatic ? ChartTheme.Light : figure.Theme });
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"'{file}': the picture cannot be written there: {error.Message}", error);
        }
    }

    private static void Convert(FileInfo file, Figure figure)
    {
        using Process process = StartConverter(file, "--zoom=2", "--format=png", $"--output={file.FullName}");
        process.StandardInput.Write(figure.ToSvg());
        process.StandardInput.Close();
        string complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"'{file}': {Converter} failed: {complaint.Trim()}");
        }
    }

    private static Process StartConverter(FileInfo file, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(Converter, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception error)
        {
            throw new IOException($"'{file}': PNG is made by {Converter} (Debian: librsvg2-bin), which is not installed; .svg needs nothing", error);
        }
    }

    private static bool Is(FileInfo file, string extension) => file.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase);
}
