namespace NetLab.Host.Tests;

/// <summary>Cases of a test about what a Unix does, which Windows does otherwise.</summary>
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "needs a Unix";
        }
    }
}
