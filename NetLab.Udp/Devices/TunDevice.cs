using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Devices;

/// <summary>
/// A TUN device of Linux: what the kernel sends to it is read here as IP packets, what is written here the kernel receives. It goes when this is disposed
/// of, unless it is kept. To make one needs CAP_NET_ADMIN in the network namespace in which it is; one that is kept its owner may open without. One thread
/// reads, any writes.
/// </summary>
public sealed class TunDevice : IpDevice
{
    private readonly SafeFileHandle _handle;
    private readonly Lazy<Waker> _waker = new(Waker.Create);
    private int _woken;

    // In the device's network namespace, if that is another one than this process's: whoever asks for the device by its name asks there.
    private readonly Socket? _there;

    private TunDevice(string name, SafeFileHandle handle, bool offloads, Socket? there = null) => (Name, _handle, HasOffloads, _there) = (name, handle, offloads, there);

    /// <summary>Whether the system has such devices.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && File.Exists("/dev/net/tun");

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool HasOffloads { get; }

    /// <inheritdoc/>
    public override int Mtu => _there is { } socket ? LinuxDeviceCalls.MtuOf(Name, socket) : LinuxDeviceCalls.MtuOf(Name);

    /// <summary>What is waited for with poll.</summary>
    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Makes one, or opens one that is kept.</summary>
    /// <param name="name">Its name, at most 15 ASCII characters.</param>
    /// <param name="networkNamespace">Where the network namespace is mounted in which it shall be, such as /run/netns/a; null for this process's own.</param>
    /// <param name="offloads">Whether segments are left to be cut, and checksums to be completed, by whoever is last to handle them.</param>
    /// <exception cref="DeviceBusyException">Somebody else has it open.</exception>
    /// <exception cref="IOException">The system has refused, or there is no such namespace; the message says which and why.</exception>
    /// <exception cref="PlatformNotSupportedException">The system has no such devices.</exception>
    public static TunDevice Create(string name, string? networkNamespace = null, bool offloads = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException("TUN devices need Linux, and /dev/net/tun");
        }

        if (networkNamespace is null)
        {
            return new TunDevice(name, LinuxDeviceCalls.OpenTun(name, offloads), offloads);
        }

        // The device stays where it was opened.
        return NetworkNamespaceThread.Run(networkNamespace, () => new TunDevice(name, LinuxDeviceCalls.OpenTun(name, offloads), offloads, LinuxDeviceCalls.NewSocket()));
    }

    /// <summary>From now on it is there also while nobody has it open, and a user may open it.</summary>
    /// <param name="owner">The user's number; null for root alone.</param>
    /// <exception cref="IOException">The system has refused.</exception>
    public void Keep(int? owner = null) => LinuxDeviceCalls.Keep(_handle, owner);

    /// <summary>Takes the next packet that the kernel has sent, without waiting; of a device without offloads.</summary>
    /// <param name="packet">Where it goes; of one that is longer the rest is lost.</param>
    /// <param name="length">Its bytes.</param>
    /// <returns>False if there is none now.</returns>
    /// <exception cref="IOException">The device has gone.</exception>
    public bool TryRead(Span<byte> packet, out int length) => (length = LinuxDeviceCalls.Read(_handle, packet)) >= 0;

    /// <summary>Hands a packet to the kernel; of a device without offloads.</summary>
    /// <returns>False if the kernel does not take it: it is no IP packet, the device is not up, or there is no memory.</returns>
    public bool TryWrite(ReadOnlySpan<byte> packet) => LinuxDeviceCalls.Write(_handle, packet);

    /// <inheritdoc/>
    public override void Wait(TimeSpan timeout)
    {
        Span<LinuxSocketCalls.PollDescriptor> descriptors =
        [
            new() { Descriptor = Descriptor, Wanted = LinuxSocketCalls.PollDescriptor.Readable },
            new() { Descriptor = _waker.Value.Descriptor, Wanted = LinuxSocketCalls.PollDescriptor.Readable },
        ];
        LinuxSocketCalls.Poll(descriptors, timeout);
        if (descriptors[1].Happened != 0)
        {
            _waker.Value.Drain();

            // As of a poller: whoever wakes from here on makes a new wake-up.
            Interlocked.Exchange(ref _woken, 0);
        }
    }

    /// <inheritdoc/>
    public override void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0 && !_waker.Value.TryWake())
        {
            Interlocked.Exchange(ref _woken, 0);
        }
    }

    /// <inheritdoc/>
    protected override bool TryReadPacket(Span<byte> packet, out PacketOffload offload, out int length)
    {
        if (!HasOffloads)
        {
            offload = default;
            return TryRead(packet, out length);
        }

        Span<byte> before = stackalloc byte[PacketOffload.Size];
        length = LinuxDeviceCalls.Read(_handle, before, packet);
        offload = length >= 0 ? PacketOffload.Read(before) : default;
        return length >= 0;
    }

    /// <inheritdoc/>
    protected override DatagramSendStatus TryWritePacket(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> segments, int segmentSize, int skip, in PacketOffload offload)
    {
        Span<byte> before = stackalloc byte[PacketOffload.Size];
        offload.Write(before);
        return LinuxDeviceCalls.Write(_handle, HasOffloads ? before : default, headers, segments, segmentSize, skip);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _handle.Dispose();
        _there?.Dispose();
        if (_waker.IsValueCreated)
        {
            _waker.Value.Dispose();
        }
    }
}
