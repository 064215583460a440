namespace NetLab.Tests;

/// <summary>How long tests wait for what must come.</summary>
internal static class Waiting
{
    /// <summary>
    /// After this it does not come. Far longer than anything takes, on a machine with much else to do too: a test that passes waits no longer
    /// than it must.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
}
