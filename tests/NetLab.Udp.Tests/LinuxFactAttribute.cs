namespace NetLab.Udp.Tests;

/// <summary>A test of what only 64-bit Linux offers, skipped elsewhere.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            Skip = "needs 64-bit Linux";
        }
    }
}
