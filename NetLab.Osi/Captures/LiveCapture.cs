using SharpPcap;
using SharpPcap.LibPcap;

namespace NetLab.Osi.Captures;

/// <summary>Packets as they pass an interface, through libpcap.</summary>
public sealed class LiveCapture : IDisposable
{
    /// <summary>Bytes kept of a packet unless fewer are wanted: libpcap's largest.</summary>
    public const int MaxSnapLength = 262_144;

    /// <summary>Bytes that wait in the kernel for a reader that is late, unless it is said otherwise: a burst of some tens of thousands of packets.</summary>
    public const int DefaultBuffer = 32 << 20;

    private const int ReadTimeoutMilliseconds = 100;

    private readonly LiveDevice _device;
    private readonly CaptureInterface _source;
    private long _number;

    private LiveCapture(LiveDevice device, int snapLength)
    {
        _device = device;
        _source = new CaptureInterface((int)device.LinkType, snapLength, device.Name);
    }

    /// <summary>The interface, as a capture describes it.</summary>
    public CaptureInterface Source => _source;

    /// <summary>Packets that the kernel had no room for; null if it does not say.</summary>
    public long? Dropped => _device.Dropped;

    /// <summary>The interfaces there are.</summary>
    /// <exception cref="InvalidOperationException">libpcap is missing; the message says what to install.</exception>
    public static IReadOnlyList<LiveInterface> List() => Guarded(() => LibPcapLiveDeviceList.New()
        .Select(d => new LiveInterface(d.Name, d.Description ?? "", [.. d.Addresses.Select(a => a.Addr?.ipAddress?.ToString()).OfType<string>()]))
        .ToList());

    /// <summary>Begins to capture.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="filter">What is wanted, in the language of libpcap (pcap-filter(7)); null for everything.</param>
    /// <param name="buffer">Bytes that may wait in the kernel.</param>
    /// <param name="snapLength">Bytes kept of a packet at most.</param>
    /// <exception cref="ArgumentException">There is no such interface, or the filter makes no sense.</exception>
    /// <exception cref="InvalidOperationException">libpcap or the right to capture is missing; the message says what to do.</exception>
    public static LiveCapture Open(string name, string? filter, int buffer = DefaultBuffer, int snapLength = MaxSnapLength) => Guarded(() =>
    {
        LibPcapLiveDevice found = LibPcapLiveDeviceList.New().FirstOrDefault(d => d.Name == name)
            ?? throw new ArgumentException($"'{name}': there is no such interface", nameof(name));
        var device = new LiveDevice(found.Interface!);
        try
        {
            device.Open(new DeviceConfiguration
            {
                Mode = DeviceModes.Promiscuous,
                Snaplen = snapLength,
                ReadTimeout = ReadTimeoutMilliseconds,

                // Packet by packet each would have a place in the kernel as large as the largest: fewer than a thousand on loopback.
                Immediate = false,
                BufferSize = buffer,
            });
            if (found.Loopback)
            {
                device.PassOverOutgoing();
            }

            if (filter is not null)
            {
                SetFilter(device, filter);
            }

            return new LiveCapture(device, snapLength);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    });

    /// <summary>Waits for a packet, a tenth of a second at most.</summary>
    /// <param name="packet">It; its bytes are valid until the next call.</param>
    /// <returns>False when none came in that time.</returns>
    public bool TryRead(out CapturedPacket packet)
    {
        if (_device.GetNextPacket(out PacketCapture capture) != GetPacketStatus.PacketRead)
        {
            packet = default;
            return false;
        }

        ICaptureHeader header = capture.Header;
        long time = checked(((long)header.Timeval.Seconds * 1_000_000_000) + ((long)header.Timeval.MicroSeconds * 1000));
        long original = header is PcapHeader pcap ? pcap.PacketLength : capture.Data.Length;
        packet = new CapturedPacket(++_number, _source, time, original, capture.Data);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private static void SetFilter(LiveDevice device, string filter)
    {
        try
        {
            device.Filter = filter;
        }
        catch (PcapException error)
        {
            throw new ArgumentException($"filter '{filter}': {error.Message}", nameof(filter), error);
        }
    }

    private static T Guarded<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException })
        {
            throw new InvalidOperationException("live capture needs libpcap, which is not installed: install the package libpcap0.8 (Debian), libpcap (others) or Npcap (Windows)", error);
        }
        catch (PcapException error)
        {
            throw new InvalidOperationException(
                $"the system refuses to capture: {error.Message.ReplaceLineEndings(" ").Trim()}; run it as root, or grant the right once: setcap cap_net_raw,cap_net_admin+eip on the dotnet executable", error);
        }
    }
}
