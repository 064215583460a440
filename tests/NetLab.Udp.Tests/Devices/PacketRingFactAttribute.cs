using NetLab.Udp.Devices;

namespace NetLab.Udp.Tests.Devices;

/// <summary>A test that captures from loopback by packet sockets.</summary>
public sealed class PacketRingFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(Probe);

    public PacketRingFactAttribute() => Skip = Missing.Value;

    private static string? Probe()
    {
        if (!PacketRing.IsSupported)
        {
            return "needs packet sockets of Linux";
        }

        try
        {
            PacketRing.Open("lo", 1 << 21, 100).Dispose();
            return null;
        }
        catch (IOException error)
        {
            return $"needs the right to capture: {error.Message}";
        }
    }
}
