using System.ComponentModel;
using System.Diagnostics;
using NetLab.Udp.Devices;

namespace NetLab.Host.Tests.Relays;

/// <summary>A test that makes network namespaces with TUN devices in them.</summary>
public sealed class TunFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(Probe);

    public TunFactAttribute() => Skip = Missing.Value;

    private static string? Probe()
    {
        if (!TunDevice.IsSupported)
        {
            return "needs TUN devices of Linux";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "needs root, to make network namespaces";
        }

        string name = $"nlab-probe-{Environment.ProcessId}";
        try
        {
            if (Ip("netns", "add", name) != 0)
            {
                return "needs the right to make network namespaces";
            }

            try
            {
                TunDevice.Create("nlab0", $"/run/netns/{name}").Dispose();
                return null;
            }
            catch (IOException error)
            {
                return $"needs TUN devices: {error.Message}";
            }
            finally
            {
                Ip("netns", "del", name);
            }
        }
        catch (Win32Exception)
        {
            return "needs ip (iproute2)";
        }
    }

    private static int Ip(params string[] arguments)
    {
        using Process ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        return ip.ExitCode;
    }
}
