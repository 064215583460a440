using System.Diagnostics;

namespace NetLab.Benchmarks.BareWire;

/// <summary>
/// Two network namespaces of this process's own, with a veth pair between them whose devices do nothing for the processor: no
/// segmentation, no coalescing, no checksums. Needs Linux, root, ip (iproute2) and ethtool. Everything goes when it is disposed of.
/// </summary>
internal sealed class WireNamespaces : IDisposable
{
    private const int MaxTransmissionUnit = 1500;

    private static readonly string[] Offloads = ["tso", "gso", "gro", "tx-udp-segmentation", "rx-gro-list", "rx-udp-gro-forwarding", "tx", "rx"];

    private readonly string _name = $"nlbw{Environment.ProcessId}";

    /// <summary>Makes them.</summary>
    /// <exception cref="InvalidOperationException">A command failed: its own words.</exception>
    public WireNamespaces()
    {
        try
        {
            Run("ip", "netns", "add", Sender);
            Run("ip", "netns", "add", Receiver);
            Run("ip", "link", "add", "wire", "mtu", $"{MaxTransmissionUnit}", "netns", Sender, "type", "veth", "peer", "name", "wire", "mtu", $"{MaxTransmissionUnit}", "netns", Receiver);
            foreach ((string name, string address) in (ReadOnlySpan<(string, string)>)[(Sender, SenderAddress), (Receiver, ReceiverAddress)])
            {
                Run("ip", "-n", name, "addr", "add", $"{address}/24", "dev", "wire");
                Run("ip", "-n", name, "link", "set", "lo", "up");
                Run("ip", "-n", name, "link", "set", "wire", "up");
                foreach (string offload in Offloads)
                {
                    // Not every kernel has each of them; those that matter are looked at below.
                    Attempt("ip", "netns", "exec", name, "ethtool", "-K", "wire", offload, "off");
                }

                string features = Run("ip", "netns", "exec", name, "ethtool", "-k", "wire");
                foreach (string feature in (ReadOnlySpan<string>)["tcp-segmentation-offload", "generic-segmentation-offload", "generic-receive-offload", "tx-udp-segmentation", "tx-checksumming", "rx-checksumming"])
                {
                    if (!features.Contains($"{feature}: off", StringComparison.Ordinal))
                    {
                        throw new InvalidOperationException($"{feature} cannot be switched off on a veth device");
                    }
                }
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where the receiver listens.</summary>
    public static string ReceiverAddress => "10.213.77.2";

    /// <summary>The namespace of the sender.</summary>
    public string Sender => _name + "a";

    /// <summary>The namespace of the receiver.</summary>
    public string Receiver => _name + "b";

    private static string SenderAddress => "10.213.77.1";

    /// <inheritdoc/>
    public void Dispose()
    {
        // The devices go with their namespaces.
        Attempt("ip", "netns", "del", Sender);
        Attempt("ip", "netns", "del", Receiver);
    }

    private static string Run(string file, params string[] arguments)
    {
        (int code, string output, string errors) = Attempt(file, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)}: {errors.Trim()}");
    }

    private static (int Code, string Output, string Errors) Attempt(string file, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (-1, "", error.Message);
        }
    }
}
