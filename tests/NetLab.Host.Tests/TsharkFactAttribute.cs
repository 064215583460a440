namespace NetLab.Host.Tests;

/// <summary>A test that Wireshark's command line judges, skipped where it is not installed.</summary>
public sealed class TsharkFactAttribute : FactAttribute
{
    public TsharkFactAttribute()
    {
        if (!Tshark.IsThere)
        {
            Skip = "needs tshark";
        }
    }
}
