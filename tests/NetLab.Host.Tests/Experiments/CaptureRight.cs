using NetLab.Osi.Captures;

namespace NetLab.Host.Tests.Experiments;

/// <summary>Whether tests can capture on loopback here.</summary>
internal static class CaptureRight
{
    private static readonly Lazy<string?> Needed = new(Find);

    /// <summary>What is missing, as a test that is skipped says it; null for nothing.</summary>
    public static string? Missing => Needed.Value;

    /// <summary>The name of loopback.</summary>
    public static string Loopback => OperatingSystem.IsLinux() ? "lo" : "lo0";

    private static string? Find()
    {
        try
        {
            using LiveCapture capture = LiveCapture.Open(Loopback, null);
            return null;
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            return "needs " + error.Message;
        }
    }
}
