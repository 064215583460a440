using System.Net.NetworkInformation;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Udp.Devices;

namespace NetLab.Host.Captures;

/// <summary>Packets as they pass an interface: through libpcap, and where that is missing through the kernel's packet sockets, on Linux.</summary>
internal sealed class LivePackets : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly LiveCapture? _library;
    private readonly PacketRing? _ring;
    private long _number;

    private LivePackets(LiveCapture library) => (_library, Source) = (library, library.Source);

    private LivePackets(PacketRing ring, string name, int snapLength) => (_ring, Source) = (ring, new CaptureInterface(ring.LinkType, snapLength, name));

    /// <summary>The interface, as a capture describes it.</summary>
    public CaptureInterface Source { get; }

    /// <summary>Packets that the kernel had no room for; null if it does not say.</summary>
    public long? Dropped => _library is { } library ? library.Dropped : _ring!.Dropped;

    /// <summary>The interfaces there are.</summary>
    public static IReadOnlyList<LiveInterface> List()
    {
        try
        {
            return LiveCapture.List();
        }
        catch (InvalidOperationException error) when (IsMissing(error))
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces().OrderBy(i => i.Name, StringComparer.Ordinal)
                    .Select(i => new LiveInterface(i.Name, i.NetworkInterfaceType.ToString(), [.. i.GetIPProperties().UnicastAddresses.Select(a => a.Address.ToString())])),
            ];
        }
    }

    /// <summary>Begins to capture.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="filter">What is wanted, in the language of libpcap; null for everything.</param>
    /// <param name="buffer">Bytes that may wait in the kernel.</param>
    /// <param name="snapLength">Bytes kept of a packet at most.</param>
    /// <exception cref="ArgumentException">There is no such interface, or the filter makes no sense; without libpcap none does.</exception>
    /// <exception cref="InvalidOperationException">The right to capture is missing.</exception>
    public static LivePackets Open(string name, string? filter, int buffer, int snapLength)
    {
        try
        {
            return new LivePackets(LiveCapture.Open(name, filter, buffer, snapLength));
        }
        catch (InvalidOperationException error) when (IsMissing(error))
        {
            return filter is null
                ? OpenRing(name, buffer, snapLength)
                : throw new ArgumentException($"filter '{filter}': is no display filter, and those of libpcap need libpcap, which is not installed", nameof(filter), error);
        }
    }

    /// <summary>Begins to capture without libpcap.</summary>
    /// <exception cref="UsageException">There is no such interface.</exception>
    /// <exception cref="InvalidOperationException">The right to capture is missing.</exception>
    public static LivePackets OpenRing(string name, int buffer, int snapLength)
    {
        try
        {
            return new LivePackets(PacketRing.Open(name, buffer, snapLength), name, snapLength);
        }
        catch (IOException error) when (error.Message.StartsWith('\''))
        {
            throw new UsageException(error.Message);
        }
        catch (IOException error)
        {
            throw new InvalidOperationException(
                $"the system refuses to capture: {error.Message}; run it as root, or grant the right once: setcap cap_net_raw,cap_net_admin+eip on the dotnet executable", error);
        }
    }

    /// <summary>Waits for a packet, a tenth of a second at most.</summary>
    /// <param name="packet">It; its bytes are valid until the next call.</param>
    /// <returns>False when none came in that time.</returns>
    public bool TryRead(out CapturedPacket packet)
    {
        if (_library is { } library)
        {
            return library.TryRead(out packet);
        }

        packet = default;
        if (!_ring!.TryRead(Patience, out ReadOnlySpan<byte> bytes, out long time, out long length))
        {
            return false;
        }

        packet = new CapturedPacket(++_number, Source, time, length, bytes);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _library?.Dispose();
        _ring?.Dispose();
    }

    private static bool IsMissing(InvalidOperationException error) =>
        PacketRing.IsSupported && error.InnerException is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException };
}
