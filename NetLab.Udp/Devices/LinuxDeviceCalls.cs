using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

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

    // sched.h.
    private const int NewNetwork = 0x40000000;

    // asm-generic/errno.h: nothing there, or no room, now.
    private const int ErrorAgain = 11;

    private const int MaxNameLength = 15;

    /// <summary>Opens a TUN device in the network namespace of the calling thread, and makes it if there is none of the name.</summary>
    /// <param name="name">Its name, at most 15 bytes.</param>
    /// <returns>What reads and writes its packets without waiting.</returns>
    /// <exception cref="IOException">The system has refused, and says why.</exception>
    public static SafeFileHandle OpenTun(string name)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, MaxNameLength);
        int descriptor = Open("/dev/net/tun", OpenReadWrite | OpenNonBlocking | OpenCloseOnExec);
        if (descriptor < 0)
        {
            throw Failed("/dev/net/tun");
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var request = default(InterfaceRequest);
        for (int i = 0; i < name.Length; i++)
        {
            request.Name[i] = (byte)name[i];
        }

        request.Flags = IsTun | HasNoHeader;
        if (Control(handle, SetInterface, &request) < 0)
        {
            IOException failed = Failed($"device {name}");
            handle.Dispose();
            throw failed;
        }

        return handle;
    }

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

    private static IOException Failed(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle handle, nuint request, InterfaceRequest* argument);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int type);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle handle, byte* packet, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle handle, byte* packet, nuint length);

    /// <summary>struct ifreq, as far as TUNSETIFF looks at it.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct InterfaceRequest
    {
        public fixed byte Name[16];
        public short Flags;
    }
}
