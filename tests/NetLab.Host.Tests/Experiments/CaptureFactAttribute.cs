using NetLab.Osi.Captures;

namespace NetLab.Host.Tests.Experiments;

/// <summary>A test that captures on loopback, skipped where libpcap or the right to use it is missing.</summary>
public sealed class CaptureFactAttribute : FactAttribute
{
    public CaptureFactAttribute()
    {
        try
        {
            using LiveCapture capture = LiveCapture.Open(OperatingSystem.IsLinux() ? "lo" : "lo0", null);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            Skip = "needs " + error.Message;
        }
    }
}
