namespace NetLab.Host.Measurement.Exchanges;

/// <summary>
/// Whether a half of a measurement by streams polls: asks its socket again and again while data comes quickly, instead of sleeping until the
/// system wakes it. The same for every transport, as a comparison of one that polls with one that sleeps says little of either.
/// </summary>
internal static class Polling
{
    /// <summary>
    /// How long it keeps looking for more while that comes so quickly: a few times what an exchange takes on loopback. Its price is in the
    /// processor time that is reported.
    /// </summary>
    public static readonly TimeSpan Time = TimeSpan.FromMicroseconds(100);

    /// <summary>What <c>--poll</c> says.</summary>
    /// <param name="text">on, off, or null for the default.</param>
    /// <exception cref="Settings.UsageException">It says neither.</exception>
    public static bool Parse(string? text) => text switch
    {
        null or "on" => true,
        "off" => false,
        _ => throw new Settings.UsageException($"--poll '{text}': on or off"),
    };
}
