using System.ComponentModel;
using System.Diagnostics;

namespace NetLab.Host.Tests.Cluster;

/// <summary>A test with network namespaces that a bridge connects, and Redis between them.</summary>
public sealed class NetworkFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(Probe);

    public NetworkFactAttribute() => Skip = Missing.Value;

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "needs root on Linux, to make network namespaces";
        }

        string name = $"nlc-probe-{Environment.ProcessId}";
        try
        {
            if (Run("ip", "netns", "add", name) != 0)
            {
                return "needs the right to make network namespaces";
            }

            try
            {
                if (Run("ip", "-n", name, "link", "add", "br0", "type", "bridge") != 0)
                {
                    return "needs bridges in network namespaces";
                }
            }
            finally
            {
                Run("ip", "netns", "del", name);
            }
        }
        catch (Win32Exception)
        {
            return "needs ip (iproute2)";
        }

        try
        {
            return Run("redis-server", "--version") == 0 ? null : "needs redis-server";
        }
        catch (Win32Exception)
        {
            return "needs redis-server";
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
