using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace NetLab.Osi.Tests;

/// <summary>What is decoded of other people's captures, compared with the truth about them by the comparator that came with it.</summary>
public sealed partial class AgreementTests(ITestOutputHelper log)
{
    [JudgedFact("python3")]
    public void Decodes_agree_with_the_truth_layer_by_layer()
    {
        string corpus = Path.GetDirectoryName(Folders.Corpus!)!;
        DirectoryInfo got = Directory.CreateTempSubdirectory("nlab-decodes-");
        try
        {
            foreach (string file in Directory.GetFiles(Folders.Corpus!))
            {
                (string json, string? damage) = Decoding.ToJson(File.OpenRead(file));
                File.WriteAllText(Path.Combine(got.FullName, Path.GetFileName(file) + ".jsonl"), json);
                File.WriteAllText(Path.Combine(got.FullName, Path.GetFileName(file) + ".rc"), damage is null ? "0" : "1");
            }

            string report = OtherTools.Run("python3", Path.Combine(corpus, "compare.py"), "--truth", Path.Combine(corpus, "truth"), "--got", got.FullName);
            string summary = report[report.IndexOf("per layer", StringComparison.Ordinal)..];
            log.WriteLine(summary);
            Assert.Contains("files crashed: 0", summary, StringComparison.Ordinal);
            Assert.True(Percent(MeanOverLayers(), summary) >= 97);
            Assert.True(Percent(Overall(), summary) >= 98);
            Assert.All(Layers().Matches(summary), m => Assert.True(double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) >= 93, m.Value));
        }
        finally
        {
            got.Delete(recursive: true);
        }
    }

    private static double Percent(Regex pattern, string text) => double.Parse(pattern.Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"mean over layers: ([\d.]+)%")]
    private static partial Regex MeanOverLayers();

    [GeneratedRegex(@"agreement: ([\d.]+)%")]
    private static partial Regex Overall();

    [GeneratedRegex(@"^  (?:\d|frag) .*?([\d.]+)%$", RegexOptions.Multiline)]
    private static partial Regex Layers();
}
