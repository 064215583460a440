using System.Runtime.InteropServices;
using SharpPcap.LibPcap;

namespace NetLab.Osi.Captures;

/// <summary>A device of SharpPcap that counts right what the kernel dropped.</summary>
/// <param name="description">The interface.</param>
internal sealed class LiveDevice(PcapInterface description) : LibPcapLiveDevice(description)
{
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
