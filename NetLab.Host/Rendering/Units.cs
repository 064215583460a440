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

    /// <summary>A count with separators, such as 1,124,813,961.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Bytes, by powers of 1024.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F2} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):F2} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):F1} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };
}
