using System.Globalization;
using NetLab.Host.Relays;
using NetLab.Host.Settings;
using NetLab.Udp.Devices;

namespace NetLab.Host.Measurement;

/// <summary>
/// Where transports are compared. Beside NetLab's TCP on TUN devices the kernel's TCP crosses TUN devices as well: for the one two processes each have a
/// device, between which the kernel passes packets on; for the other two kernels have one each, between which this process does. Each packet is written
/// to a device once and read from one once, either way, with the same MTU and offloads.
/// </summary>
internal sealed class PerfBench : IDisposable
{
    private const int Mtu = 1500;

    private readonly List<IDisposable> _made = [];
    private PerfPlace? _tun;
    private PerfPlace _kernel = PerfPlace.Loopback;

    /// <summary>Makes what a comparison needs.</summary>
    /// <exception cref="UsageException">It cannot be made: the message says why.</exception>
    public PerfBench(IEnumerable<LabTransport> transports)
    {
        LabTransport[] all = [.. transports];
        if (!all.Contains(LabTransport.TunTcp))
        {
            return;
        }

        try
        {
            foreach (string left in NetworkNamespace.RemoveAbandoned())
            {
                Console.Error.WriteLine($"removed {left}, which a run that was killed had left");
            }

            string name = string.Create(CultureInfo.InvariantCulture, $"nlab-{Environment.ProcessId}-perf");
            TunAddress[] kernel = [TunAddress.Parse("tun://10.9.0.1/24"), TunAddress.Parse("tun://10.9.1.1/24")];
            _made.Add(TunSetup.Create([[kernel[0]], [kernel[1]]], name, Mtu));
            _tun = new PerfPlace("10.9.0.2", Inside(name), Inside(name));
            if (all.Contains(LabTransport.KernelTcp))
            {
                TunPair pair = TunPair.Create(($"{name}-a", $"{name}-b"), (kernel[0], kernel[1]), Mtu, offloads: true);
                _made.Add(pair);
                var patch = new TunPatch(pair.First, pair.Second);
                _made.Add(patch);
                patch.Start();
                _kernel = new PerfPlace("10.9.1.1", Inside($"{name}-b"), Inside($"{name}-a"));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where a transport is measured.</summary>
    public PerfPlace PlaceOf(LabTransport transport) => transport switch
    {
        LabTransport.TunTcp => _tun!,
        LabTransport.KernelTcp => _kernel,
        _ => PerfPlace.Loopback,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _made.Count - 1; i >= 0; i--)
        {
            _made[i].Dispose();
        }

        _made.Clear();
    }

    private static string[] Inside(string name) => ["ip", "netns", "exec", name];
}
