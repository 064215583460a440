using NetLab.Benchmarks.Forwarding;

namespace NetLab.Host.Tests.Cluster;

/// <summary>A test with a server of PostgreSQL of its own.</summary>
public sealed class DatabaseFactAttribute : FactAttribute
{
    public DatabaseFactAttribute() => Skip = !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess
        ? "needs root on Linux, to run a server of PostgreSQL as its user"
        : TemporaryDatabase.IsInstalled ? null : "needs postgresql";
}
