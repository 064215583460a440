namespace NetLab.Osi.Tests;

/// <summary>A test that tshark judges, over captures of the test's own making; skipped where it is not installed.</summary>
public sealed class TsharkFactAttribute : FactAttribute
{
    public TsharkFactAttribute() => Skip = OtherTools.HasTshark ? null : "needs tshark";
}
