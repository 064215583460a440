namespace NetLab.Osi.Tests;

/// <summary>A test of what the framework only does on Linux.</summary>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "needs Linux, where the framework logs the secrets of TLS";
        }
    }
}
