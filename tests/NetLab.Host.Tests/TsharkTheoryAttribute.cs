namespace NetLab.Host.Tests;

/// <summary>Tests that Wireshark's command line judges, skipped where it is not installed.</summary>
public sealed class TsharkTheoryAttribute : TheoryAttribute
{
    public TsharkTheoryAttribute()
    {
        if (!Tshark.IsThere)
        {
            Skip = "needs tshark";
        }
    }
}
