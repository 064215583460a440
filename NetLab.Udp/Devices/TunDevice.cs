using Microsoft.Win32.SafeHandles;

namespace NetLab.Udp.Devices;

/// <summary>
/// A TUN device of Linux: what the kernel sends to it is read here as IP packets, what is written here the kernel receives. It goes when this is disposed
/// of. Needs CAP_NET_ADMIN in the network namespace in which it is. One thread reads, any writes.
/// </summary>
public sealed class TunDevice : IDisposable
{
    /// <summary>The longest packet, in bytes: what an IP header can say.</summary>
    public const int MaxPacketLength = 65_535;

    private readonly SafeFileHandle _handle;

    private TunDevice(string name, SafeFileHandle handle) => (Name, _handle) = (name, handle);

    /// <summary>Whether the system has such devices.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && File.Exists("/dev/net/tun");

    /// <summary>What the kernel calls it.</summary>
    public string Name { get; }

    /// <summary>What is waited for with poll.</summary>
    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Makes one.</summary>
    /// <param name="name">Its name, at most 15 ASCII characters.</param>
    /// <param name="networkNamespace">Where the network namespace is mounted in which it shall be, such as /run/netns/a; null for this process's own.</param>
    /// <exception cref="IOException">The system has refused, or there is no such namespace; the message says which and why.</exception>
    /// <exception cref="PlatformNotSupportedException">The system has no such devices.</exception>
    public static TunDevice Create(string name, string? networkNamespace = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException("TUN devices need Linux, and /dev/net/tun");
        }

        if (networkNamespace is null)
        {
            return new TunDevice(name, LinuxDeviceCalls.OpenTun(name));
        }

        // A namespace is a thread's, and the device stays where it was opened: the thread is of no more use then.
        SafeFileHandle? handle = null;
        Exception? failure = null;
        var opening = new Thread(() =>
        {
            try
            {
                LinuxDeviceCalls.Enter(networkNamespace);
                handle = LinuxDeviceCalls.OpenTun(name);
            }
            catch (Exception error)
            {
                failure = error;
            }
        })
        { IsBackground = true, Name = "network namespace" };
        opening.Start();
        opening.Join();
        return failure is null ? new TunDevice(name, handle!) : throw new IOException(failure.Message, failure);
    }

    /// <summary>Takes the next packet that the kernel has sent, without waiting.</summary>
    /// <param name="packet">Where it goes; of one that is longer the rest is lost.</param>
    /// <param name="length">Its bytes.</param>
    /// <returns>False if there is none now.</returns>
    /// <exception cref="IOException">The device has gone.</exception>
    public bool TryRead(Span<byte> packet, out int length) => (length = LinuxDeviceCalls.Read(_handle, packet)) >= 0;

    /// <summary>Hands a packet to the kernel.</summary>
    /// <returns>False if the kernel does not take it: it is no IP packet, the device is not up, or there is no memory.</returns>
    public bool TryWrite(ReadOnlySpan<byte> packet) => LinuxDeviceCalls.Write(_handle, packet);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
