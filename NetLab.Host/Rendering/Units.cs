using System.Globalization;

namespace NetLab.Host.Rendering;

/// <summary>Quantities as people read them.</summary>
internal static class Units
{
    /// <summary>A rate in bits a second, by powers of 1000.</summary>
    public static string Rate(double bitsPerSecond) => bitsPerSecond switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bitsPerSecond / 1e9:F2} Gbit/s"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bitsPerSecond / 1e6:F2} Mbit/s"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{bitsPerSecond / 1e3:F2} kbit/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bitsPerSecond:F0} bit/s"),
    };

    /// <summary>A duration with its unit, such as 4.2 µs.</summary>
    public static string Short(TimeSpan duration) => duration.TotalMicroseconds switch
    {
        < 1e3 and var us => string.Create(CultureInfo.InvariantCulture, $"{us:0.#} µs"),
        < 1e6 and var us => string.Create(CultureInfo.InvariantCulture, $"{us / 1e3:0.##} ms"),
        var us => string.Create(CultureInfo.InvariantCulture, $"{us / 1e6:0.##} s"),
    };
}
