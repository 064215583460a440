using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Saved;

/// <summary>A folder of measurements, a file each by its number: <c>run-12.json.gz</c>, as <c>nlab perf --save</c> writes it.</summary>
/// <param name="path">The folder, which is there.</param>
internal sealed partial class RunFolder(string path)
{
    /// <summary>How many a folder holds at most: whoever may ask for measurements must not fill the disk with them.</summary>
    public const int MaxRuns = 10_000;

    /// <summary>The numbers of those that are there, the smallest first.</summary>
    public IReadOnlyList<int> Numbers()
    {
        try
        {
            return [.. Directory.EnumerateFiles(path).Select(f => Name().Match(Path.GetFileName(f))).Where(m => m.Success)
                .Select(m => int.TryParse(m.Groups[1].Value, CultureInfo.InvariantCulture, out int number) ? number : 0).Where(n => n > 0).Order()];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Keeps one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(int number, SavedRun run) => SavedRunFile.Write(new FileInfo(PathOf(number)), run);

    /// <summary>One of them; null if it is not there, or is none.</summary>
    public SavedRun? Find(int number)
    {
        try
        {
            using JsonDocument document = SavedRunFile.Read(PathOf(number));
            return document.Deserialize(SavedRunJson.Default.SavedRun);
        }
        catch (Exception error) when (error is UsageException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Takes one away, if it is there.</summary>
    public void Delete(int number)
    {
        try
        {
            File.Delete(PathOf(number));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"run {number} cannot be deleted: {error.Message}", error);
        }
    }

    /// <summary>One of them as it is told; without what was measured unless that is asked for.</summary>
    public RunDocument? Describe(int number, bool withResult) => Find(number) is not { } saved
        ? null
        : new RunDocument(
            number,
            "done",
            $"nlab perf {string.Join(' ', saved.Settings)}",
            null,
            null,
            withResult ? JsonSerializer.SerializeToElement(saved.Perf, PerfDocumentJson.Default.PerfDocument) : null);

    private string PathOf(int number) => Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"run-{number}.json.gz"));

    [GeneratedRegex(@"^run-([1-9][0-9]{0,8})\.json\.gz$")]
    private static partial Regex Name();
}
