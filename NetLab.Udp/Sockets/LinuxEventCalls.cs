using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetLab.Udp.Sockets;

/// <summary>A counter of 64-bit Linux that can be polled: eventfd.</summary>
internal static unsafe partial class LinuxEventCalls
{
    private const int EventCloseOnExec = 0x80000; // EFD_CLOEXEC and EFD_NONBLOCK of sys/eventfd.h
    private const int EventNonBlocking = 0x800;
    private const int ErrorAgain = 11; // asm-generic/errno.h

    /// <summary>Makes a counter that can be polled.</summary>
    /// <returns>Whether the system had one to give.</returns>
    public static bool TryCreateEvent([NotNullWhen(true)] out SafeFileHandle? counter)
    {
        int descriptor = CreateEvent(0, EventCloseOnExec | EventNonBlocking);
        counter = descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        return counter is not null;
    }

    /// <summary>Makes the counter readable.</summary>
    /// <returns>Whether it is; a counter that can count no further is.</returns>
    public static bool SignalEvent(SafeFileHandle counter)
    {
        ulong one = 1;
        return Write(counter, &one, sizeof(ulong)) == sizeof(ulong) || Marshal.GetLastPInvokeError() == ErrorAgain;
    }

    /// <summary>Makes the counter readable no more.</summary>
    public static void ResetEvent(SafeFileHandle counter)
    {
        ulong count;
        Read(counter, &count, sizeof(ulong));
    }

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int CreateEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, void* buffer, nuint length);
}
