using System.Globalization;
using NetLab.Udp.Links;

namespace NetLab.Benchmarks.Soak;

/// <summary>Links by chance, from good to bad and, for a moment, none at all.</summary>
internal static class SoakLinks
{
    /// <summary>The next one, as a link string.</summary>
    public static string Next(Random random)
    {
        if (random.Next(12) == 0)
        {
            return "loss=100%";
        }

        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"delay={random.Next(0, 30)}ms")];
        Maybe(parts, random, () => $"jitter={random.Next(1, 5)}ms");
        Maybe(parts, random, () => $"loss={random.Next(1, 8)}%");
        Maybe(parts, random, () => $"burst={random.Next(2, 6)}");
        Maybe(parts, random, () => $"reorder={random.Next(1, 10)}%");
        Maybe(parts, random, () => $"duplicate={random.Next(1, 5)}%");
        Maybe(parts, random, () => $"corrupt={random.Next(1, 3)}%");
        Maybe(parts, random, () => $"rate={random.Next(5, 200)}M,queue={random.Next(64, 1024)}K");
        return string.Join(',', parts.Where(p => !p.StartsWith("burst", StringComparison.Ordinal) || parts.Exists(q => q.StartsWith("loss", StringComparison.Ordinal))));
    }

    /// <summary>What a link string describes.</summary>
    public static LinkDescription Parse(string text) => LinkDescription.TryParse(text, out LinkDescription link, out string? error)
        ? link
        : throw new InvalidOperationException($"{text}: {error}");

    private static void Maybe(List<string> parts, Random random, Func<FormattableString> part)
    {
        if (random.Next(2) == 0)
        {
            parts.Add(part().ToString(CultureInfo.InvariantCulture));
        }
    }
}
