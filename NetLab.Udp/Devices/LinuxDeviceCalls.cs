using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Devices;

/// <summary>The system calls of Linux for network devices and namespaces.</summary>
internal static unsafe partial class LinuxDeviceCalls
{
    // fcntl.h.
    private const int OpenReadWrite = 2;
    private const int OpenNonBlocking = 0x800;
    private const int OpenCloseOnExec = 0x80000;

    // linux/if_tun.h: _IOW('T', 202, int), a device of IP packets without a header of its own.
    private const nuint SetInterface = 0x400454CA;
    private const short IsTun = 0x0001;
    private const short HasNoHeader = 0x1000;
    private const short HasOffloadHeader = 0x4000;
    private const nuint SetPersistent = 0x400454CB;
    private const nuint SetOwner = 0x400454CC;
    private const nuint SetOffloads = 0x400454D0;

    // TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6, TUN_F_TSO_ECN: what whoever reads the device can take.
    private const nint AllOffloads = 1 | 2 | 4 | 8;

    // linux/sockios.h.
    private const nuint GetMtu = 0x8921;

    // sched.h.
    private const int NewNetwork = 0x40000000;

    // asm-generic/errno.h: nothing there now; the device is down, or taken away; it is open already.
    private const int ErrorAgain = 11;
    private const int ErrorInput = 5;
    private const int ErrorBadState = 77;
    private const int ErrorBusy = 16;

    private const int MaxNameLength = 15;

    /// <summary>Opens a TUN device in the network namespace of the calling thread, and makes it if there is none of the name.</summary>
    /// <param name="name">Its name, at most 15 bytes.</param>
    /// <param name="offloads">Whether packets come with what is left to do of them, checksums and cutting.</param>
    /// <returns>What reads and writes its packets without waiting.</returns>
    /// <exception cref="DeviceBusyException">It is open already.</exception>
    /// <exception cref="IOException">The system has refused, and says why.</exception>
    public static SafeFileHandle OpenTun(string name, bool offloads)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, MaxNameLength);
        int descriptor = Open("/dev/net/tun", OpenReadWrite | OpenNonBlocking | OpenCloseOnExec);
        if (descriptor < 0)
        {
            throw Failed("/dev/net/tun");
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        InterfaceRequest request = RequestOf(name);
        request.Flags = (short)(IsTun | HasNoHeader | (offloads ? HasOffloadHeader : 0));
        if (Control(handle, SetInterface, &request) < 0 || (offloads && Control(handle, SetOffloads, (void*)AllOffloads) < 0))
        {
            IOException failed = Marshal.GetLastPInvokeError() == ErrorBusy ? new DeviceBusyException($"device {name}: is open already") : Failed($"device {name}");
            handle.Dispose();
            throw failed;
        }

        return handle;
    }

    /// <summary>From now on a device is there also while nobody has it open.</summary>
    /// <param name="handle">What it is open by.</param>
    /// <param name="owner">The user who may open it; null for root alone.</param>
    /// <exception cref="IOException">The system has refused, and says why.</exception>
    public static void Keep(SafeFileHandle handle, int? owner)
    {
        if ((owner is { } user && Control(handle, SetOwner, (void*)(nint)user) < 0) || Control(handle, SetPersistent, (void*)1) < 0)
        {
            throw Failed("TUN device");
        }
    }

    /// <summary>The MTU of a device in the calling thread's network namespace, in bytes.</summary>
    /// <exception cref="IOException">There is none of the name.</exception>
    public static int MtuOf(string name)
    {
        using Socket socket = NewSocket();
        return MtuOf(name, socket);
    }

    /// <summary>The same in the network namespace in which a socket was opened.</summary>
    public static int MtuOf(string name, Socket there)
    {
        InterfaceRequest request = RequestOf(name);
        return Control(there.SafeHandle, GetMtu, &request) >= 0 ? request.Number : throw Failed($"device {name}");
    }

    /// <summary>A socket that knows the network namespace of the calling thread.</summary>
    public static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Moves the calling thread into a network namespace, for good: it should be one that ends soon.</summary>
    /// <param name="path">Where the namespace is mounted.</param>
    /// <exception cref="IOException">The system has refused, and says why.</exception>
    public static void Enter(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path);
        if (SetNamespace(handle, NewNetwork) < 0)
        {
            throw Failed(path);
        }
    }

    /// <summary>Reads a packet.</summary>
    /// <returns>Its length; -1 if there is none now.</returns>
    /// <exception cref="IOException">The device has gone.</exception>
    public static int Read(SafeFileHandle handle, Span<byte> packet)
    {
        fixed (byte* first = packet)
        {
            nint length = Read(handle, first, (nuint)packet.Length);
            return length >= 0 ? (int)length : Marshal.GetLastPInvokeError() == ErrorAgain ? -1 : throw Failed("read");
        }
    }

    /// <summary>Writes a packet.</summary>
    /// <returns>Whether the system took it.</returns>
    public static bool Write(SafeFileHandle handle, ReadOnlySpan<byte> packet)
    {
        fixed (byte* first = packet)
        {
            return Write(handle, first, (nuint)packet.Length) == packet.Length;
        }
    }

    /// <summary>Reads a packet into two pieces of memory, the first of which it fills.</summary>
    /// <returns>Bytes in the second one; -1 if there is no packet now.</returns>
    /// <exception cref="IOException">The device has gone.</exception>
    public static int Read(SafeFileHandle handle, Span<byte> before, Span<byte> packet)
    {
        fixed (byte* first = before)
        fixed (byte* second = packet)
        {
            IoVector* pieces = stackalloc IoVector[2];
            pieces[0] = new IoVector { Base = first, Length = (nuint)before.Length };
            pieces[1] = new IoVector { Base = second, Length = (nuint)packet.Length };
            nint length = ReadPieces(handle, pieces, 2);
            return length >= 0 ? (int)length - before.Length : Marshal.GetLastPInvokeError() == ErrorAgain ? -1 : throw Failed("read");
        }
    }

    /// <summary>Writes a packet that is gathered; see <see cref="IpDevice.TrySend"/>.</summary>
    public static DatagramSendStatus Write(
        SafeFileHandle handle, ReadOnlySpan<byte> before, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> segments, int segmentSize, int skip)
    {
        fixed (byte* first = before)
        fixed (byte* second = headers)
        fixed (byte* rest = segments)
        {
            IoVector* pieces = stackalloc IoVector[2 + IpDevice.MaxPieces];
            int count = 0;
            if (before.Length > 0)
            {
                pieces[count++] = new IoVector { Base = first, Length = (nuint)before.Length };
            }

            pieces[count++] = new IoVector { Base = second, Length = (nuint)headers.Length };
            for (int at = 0; at < segments.Length && count < 2 + IpDevice.MaxPieces; at += segmentSize)
            {
                int length = Math.Min(segmentSize, segments.Length - at) - skip;
                if (length > 0)
                {
                    pieces[count++] = new IoVector { Base = rest + at + skip, Length = (nuint)length };
                }
            }

            // A device that is down says EIO; what it has no memory for is lost, as in any queue.
            return WritePieces(handle, pieces, count) >= 0 ? DatagramSendStatus.Sent
                : Marshal.GetLastPInvokeError() is ErrorInput or ErrorBadState ? DatagramSendStatus.NoRoute
                : DatagramSendStatus.Unreachable;
        }
    }

    private static InterfaceRequest RequestOf(string name)
    {
        var request = default(InterfaceRequest);
        for (int i = 0; i < name.Length; i++)
        {
            request.Name[i] = (byte)name[i];
        }

        return request;
    }

    private static IOException Failed(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeHandle handle, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int type);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle handle, byte* packet, nuint length);

    [LibraryImport("libc", EntryPoint = "readv", SetLastError = true)]
    private static partial nint ReadPieces(SafeFileHandle handle, IoVector* pieces, int count);

    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    private static partial nint WritePieces(SafeFileHandle handle, IoVector* pieces, int count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle handle, byte* packet, nuint length);

    /// <summary>struct ifreq, as far as TUNSETIFF and SIOCGIFMTU look at it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    private struct InterfaceRequest
    {
        [FieldOffset(0)]
        public fixed byte Name[16];

        [FieldOffset(16)]
        public short Flags;

        [FieldOffset(16)]
        public int Number;
    }
}
