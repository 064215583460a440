namespace NetLab.Host.Settings;

/// <summary>Seeds nobody chose: short enough to be typed again.</summary>
internal static class Seeds
{
    public static ulong Draw() => (ulong)Random.Shared.Next(1, 1_000_000);
}
