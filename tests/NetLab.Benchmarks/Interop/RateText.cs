using System.Diagnostics;
using System.Globalization;

namespace NetLab.Benchmarks.Interop;

/// <summary>A rate as the table has it.</summary>
internal static class RateText
{
    /// <summary>Of bytes since a moment; the start of programs is in it.</summary>
    public static string Of(long bytes, long start) => Of(8 * bytes / Stopwatch.GetElapsedTime(start).TotalSeconds);

    /// <summary>Of bits a second.</summary>
    public static string Of(double bits) => string.Create(CultureInfo.InvariantCulture, $"{bits / 1e6:0} Mbit/s");
}
