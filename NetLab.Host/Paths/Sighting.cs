namespace NetLab.Host.Paths;

/// <summary>A datagram seen for the first time, and whether it was seen again at the other place.</summary>
internal sealed class Sighting(long time, int bytes, int place)
{
    /// <summary>When, in nanoseconds.</summary>
    public long Time { get; } = time;

    /// <summary>Its size with IP header.</summary>
    public int Bytes { get; } = bytes;

    /// <summary>The number of the place.</summary>
    public int Place { get; } = place;

    /// <summary>When it was seen elsewhere, in nanoseconds; null if it never was.</summary>
    public long? ArrivedAt { get; set; }

    /// <summary>Where it was seen then.</summary>
    public int ArrivedPlace { get; set; } = -1;
}
