namespace NetLab.Host.Tests.Experiments;

/// <summary>A theory that captures on loopback, skipped where libpcap or the right to use it is missing.</summary>
public sealed class CaptureTheoryAttribute : TheoryAttribute
{
    public CaptureTheoryAttribute() => Skip = CaptureRight.Missing;
}
