namespace NetLab.Tcp.Tests.Simulation.Drill;

/// <summary>A test that needs the scripts of known faults beside the project.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FaultFolderFactAttribute : FactAttribute
{
    public FaultFolderFactAttribute() =>
        Skip = RegressionScriptTests.FaultFolder is null ? "needs the scripts of known faults in ../shared/faults/tcp beside the project" : null;
}
