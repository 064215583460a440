using System.Globalization;
using System.Text.RegularExpressions;

namespace NetLab.Host.Tests.Page;

/// <summary>The colours of the page's tokens stand out from what they are used on, light and dark: WCAG 2.2, 1.4.3 and 1.4.11.</summary>
public sealed partial class StyleTokenTests
{
    // Texts, and the grounds they stand on.
    private static readonly string[] Texts = ["text", "muted", "accent", "good", "bad", "warn", "a", "b", "l1", "l2", "l3", "l4", "l5", "l6", "l7"];
    private static readonly string[] Grounds = ["bg", "panel", "raised"];

    private static readonly (string Text, string Ground)[] Others =
    [
        ("on-accent", "accent"), ("text", "select"), ("muted", "select"), ("text", "hit"), ("bad", "bad-bg"), ("warn", "warn-bg"), ("text", "bad-bg"),
        ("panel", "l1"), ("panel", "l2"), ("panel", "l3"), ("panel", "l4"), ("panel", "l5"), ("panel", "l6"), ("panel", "l7"),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Texts_stand_out(int scheme)
    {
        Dictionary<string, (string Light, string Dark)> tokens = Tokens();
        var weak = new List<string>();
        foreach ((string text, string ground) in Texts.SelectMany(t => Grounds.Select(g => (t, g))).Concat(Others))
        {
            double ratio = Ratio(Of(tokens, text, scheme), Of(tokens, ground, scheme));
            if (ratio < 4.5)
            {
                weak.Add(string.Create(CultureInfo.InvariantCulture, $"{text} on {ground}: {ratio:F2}"));
            }
        }

        Assert.True(weak.Count == 0, string.Join("; ", weak));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Edges_of_controls_and_the_mark_of_the_focus_stand_out(int scheme)
    {
        Dictionary<string, (string Light, string Dark)> tokens = Tokens();
        foreach ((string edge, string ground) in (ReadOnlySpan<(string, string)>)[("edge", "panel"), ("edge", "bg"), ("edge", "raised"), ("accent", "panel"), ("accent", "bg"), ("accent", "select")])
        {
            double ratio = Ratio(Of(tokens, edge, scheme), Of(tokens, ground, scheme));
            Assert.True(ratio >= 3, $"{edge} on {ground}: {ratio.ToString("F2", CultureInfo.InvariantCulture)}");
        }
    }

    [Fact]
    public void Colours_are_said_once_as_tokens()
    {
        string rules = Style()[Style().IndexOf("* { box-sizing", StringComparison.Ordinal)..];

        // Shadows are no colour that says something.
        Assert.All(Hex().Matches(rules).Select(m => m.Value), c => Assert.Contains(c, (string[])["#0004", "#0005", "#0008"]));
    }

    private static string Style() => File.ReadAllText(Path.Combine(Osi.Tests.Folders.Root, "NetLab.Host", "Page", "Assets", "style.css"));

    private static Dictionary<string, (string Light, string Dark)> Tokens()
    {
        Dictionary<string, (string Light, string Dark)> tokens = Token().Matches(Style()).ToDictionary(m => m.Groups[1].Value, m => (m.Groups[2].Value, m.Groups[3].Value));
        Assert.True(tokens.Count > 20, $"{tokens.Count} tokens");
        return tokens;
    }

    private static string Of(Dictionary<string, (string Light, string Dark)> tokens, string name, int scheme) => scheme == 0 ? tokens[name].Light : tokens[name].Dark;

    // WCAG 2.2, contrast ratio.
    private static double Ratio(string one, string other)
    {
        (double a, double b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string color)
    {
        double Channel(int at)
        {
            double value = int.Parse(color.AsSpan(1 + (2 * at), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(0)) + (0.7152 * Channel(1)) + (0.0722 * Channel(2));
    }

    [GeneratedRegex(@"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")]
    private static partial Regex Token();

    [GeneratedRegex(@"#[0-9a-f]{3,8}\b")]
    private static partial Regex Hex();
}
