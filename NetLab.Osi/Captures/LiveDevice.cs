using System.Net.Sockets;
using System.Runtime.InteropServices;
using SharpPcap.LibPcap;

namespace NetLab.Osi.Captures;

/// <summary>A device of SharpPcap that counts right what the kernel dropped.</summary>
/// <param name="description">The interface.</param>
internal sealed class LiveDevice(PcapInterface description) : LibPcapLiveDevice(description)
{
    // linux/socket.h, linux/if_packet.h.
    private const int PacketLevel = 263;
    private const int IgnoreOutgoing = 23;

    private static readonly PcapStats? Stats = OperatingSystem.IsWindows() ? null : Load();

    private delegate int PcapStats(nint handle, ref uint fields);

    /// <summary>Packets that the kernel had no room for since the capture began; null where it does not say.</summary>
    public long? Dropped
    {
        get
        {
            if (OperatingSystem.IsWindows() || Stats is not { } stats)
            {
                return Statistics?.DroppedPackets;
            }

            // struct pcap_stat has three fields of type u_int on every system; SharpPcap reads them as pointers, twice as wide.
            Span<uint> fields = stackalloc uint[8];
            return TryRead(stats, fields) ? fields[1] : null;
        }
    }

    /// <summary>
    /// Leaves out packets as they go, on loopback, where each comes as well: libpcap passes over them, but when the kernel does it there is twice the room, and
    /// what is dropped is counted once. Linux 4.20 and later; elsewhere nothing.
    /// </summary>
    public void PassOverOutgoing()
    {
        if (!OperatingSystem.IsLinux() || FileDescriptor < 0)
        {
            return;
        }

        try
        {
            // The socket stays libpcap's.
            using var socket = new Socket(new SafeSocketHandle(FileDescriptor, ownsHandle: false));
            socket.SetRawSocketOption(PacketLevel, IgnoreOutgoing, [1, 0, 0, 0]);
        }
        catch (SocketException)
        {
            // An older kernel: it is as it was.
        }
    }

    private bool TryRead(PcapStats stats, Span<uint> fields)
    {
        bool isHeld = false;
        try
        {
            Handle.DangerousAddRef(ref isHeld);
            return stats(Handle.DangerousGetHandle(), ref MemoryMarshal.GetReference(fields)) == 0;
        }
        finally
        {
            if (isHeld)
            {
                Handle.DangerousRelease();
            }
        }
    }

    private static PcapStats? Load()
    {
        // As SharpPcap looks for it: a library that is loaded already is not loaded twice.
        foreach (string name in (ReadOnlySpan<string>)["libpcap.so.0.8", "libpcap.so.1", "libpcap.so.0", "libpcap.so", "libpcap.dylib"])
        {
            if (NativeLibrary.TryLoad(name, out nint library) && NativeLibrary.TryGetExport(library, "pcap_stats", out nint function))
            {
                return Marshal.GetDelegateForFunctionPointer<PcapStats>(function);
            }
        }

        return null;
    }
}
