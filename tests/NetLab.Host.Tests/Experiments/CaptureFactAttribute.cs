namespace NetLab.Host.Tests.Experiments;

/// <summary>A test that captures on loopback, skipped where libpcap or the right to use it is missing.</summary>
public sealed class CaptureFactAttribute : FactAttribute
{
    public CaptureFactAttribute() => Skip = CaptureRight.Missing;
}
