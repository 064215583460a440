using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetLab.Udp.Sockets;

/// <summary>
/// A pair of queues shared with the kernel (io_uring, Linux 6.1): requests go in, what became of them comes out, and one system call hands
/// over the requests and waits. Made and used by one thread.
/// </summary>
/// <remarks>
/// What the kernel does for a request it does within <see cref="Enter"/> (IORING_SETUP_DEFER_TASKRUN): between two calls nothing changes,
/// neither the memory that requests point to nor the queues.
/// </remarks>
internal sealed unsafe partial class LinuxRing : IDisposable
{
    // linux/io_uring.h.
    private const int SetupSingleIssuer = 1 << 12;
    private const int SetupDeferTaskRun = 1 << 13;
    private const uint FeatureSingleMap = 1 << 0;
    private const uint FeatureExtendedArgument = 1 << 8;
    private const uint EnterGetEvents = 1 << 0;
    private const uint EnterExtendedArgument = 1 << 3;
    private const long OffsetRequests = 0x1000_0000;

    // asm-generic/unistd.h, the same on every machine.
    private const nint CallSetup = 425;
    private const nint CallEnter = 426;

    // bits/mman-linux.h and its relatives.
    private const int ProtectReadWrite = 1 | 2;
    private const int MapSharedPopulate = 1 | 0x8000;

    // asm-generic/errno.h: the time was over, a signal came, no memory now, too many results that nobody took.
    private const int ErrorTime = 62;
    private const int ErrorInterrupted = 4;
    private const int ErrorAgain = 11;
    private const int ErrorBusy = 16;

    private readonly SafeFileHandle _ring;
    private readonly byte* _queues;
    private readonly nuint _queuesSize;
    private readonly Request* _requests;
    private readonly nuint _requestsSize;
    private readonly uint* _requestTail;
    private readonly uint* _requestSlots;
    private readonly uint _requestMask;
    private readonly uint* _resultHead;
    private readonly uint* _resultTail;
    private readonly uint _resultMask;
    private readonly Result* _results;
    private uint _added;

    private LinuxRing(SafeFileHandle ring, in Parameters parameters)
    {
        _ring = ring;
        _queuesSize = Math.Max(
            parameters.RequestOffsets.Array + (parameters.RequestEntries * sizeof(uint)),
            parameters.ResultOffsets.Results + (parameters.ResultEntries * (uint)sizeof(Result)));
        _requestsSize = parameters.RequestEntries * (uint)sizeof(Request);
        _queues = Map(_queuesSize, 0);
        _requests = (Request*)(_queues is null ? null : Map(_requestsSize, OffsetRequests));
        _requestTail = (uint*)(_queues + parameters.RequestOffsets.Tail);
        _requestSlots = (uint*)(_queues + parameters.RequestOffsets.Array);
        _resultHead = (uint*)(_queues + parameters.ResultOffsets.Head);
        _resultTail = (uint*)(_queues + parameters.ResultOffsets.Tail);
        _results = (Result*)(_queues + parameters.ResultOffsets.Results);
        if (IsMapped)
        {
            _requestMask = *(uint*)(_queues + parameters.RequestOffsets.Mask);
            _resultMask = *(uint*)(_queues + parameters.ResultOffsets.Mask);
        }
    }

    private bool IsMapped => _queues is not null && _requests is not null;

    /// <summary>Makes one.</summary>
    /// <param name="entries">How many requests may be added between two calls of <see cref="Enter"/>, a power of two.</param>
    /// <returns>Null where the kernel is too old, or does not allow it.</returns>
    public static LinuxRing? TryCreate(int entries)
    {
        if (!LinuxSocketCalls.IsSupported)
        {
            return null;
        }

        var parameters = new Parameters { Flags = SetupSingleIssuer | SetupDeferTaskRun };
        nint descriptor = Call(CallSetup, entries, (nint)(&parameters), 0, 0, 0, 0);
        if (descriptor < 0)
        {
            return null;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        const uint Needed = FeatureSingleMap | FeatureExtendedArgument;
        if ((parameters.Features & Needed) != Needed)
        {
            handle.Dispose();
            return null;
        }

        var ring = new LinuxRing(handle, parameters);
        if (!ring.IsMapped)
        {
            ring.Dispose();
            return null;
        }

        return ring;
    }

    /// <summary>Adds a request, which the kernel sees with the next <see cref="Enter"/>.</summary>
    public void Add(in Request request)
    {
        uint tail = *_requestTail;
        uint slot = tail & _requestMask;
        _requests[slot] = request;
        _requestSlots[slot] = slot;
        Volatile.Write(ref *_requestTail, tail + 1);
        _added++;
    }

    /// <summary>Hands over what was added, and waits until there is a result, a signal came, or the time is over.</summary>
    /// <param name="timeout">How long at most; zero only looks, negative waits for ever.</param>
    /// <returns>Whether the kernel took what was added; false is its word that it cannot do this at all.</returns>
    public bool Enter(TimeSpan timeout)
    {
        var time = new TimeSpecification { Seconds = timeout.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * 100 };
        var argument = new EnterArgument { Time = timeout < TimeSpan.Zero ? null : &time };
        uint added = _added;
        nint taken = Call(
            CallEnter, (int)_ring.DangerousGetHandle(), (nint)added, timeout == TimeSpan.Zero ? 0 : 1, (nint)(EnterGetEvents | EnterExtendedArgument), (nint)(&argument), sizeof(EnterArgument));
        if (taken >= 0)
        {
            _added -= (uint)taken;
            return true;
        }

        // Nothing was handed over then: it is with the next call.
        return Marshal.GetLastPInvokeError() is ErrorTime or ErrorInterrupted or ErrorAgain or ErrorBusy;
    }

    /// <summary>The next result, if there is one.</summary>
    public bool TryTake(out ulong tag, out int value)
    {
        uint head = *_resultHead;
        if (head == Volatile.Read(ref *_resultTail))
        {
            (tag, value) = (0, 0);
            return false;
        }

        ref Result result = ref _results[head & _resultMask];
        (tag, value) = (result.Tag, result.Value);
        Volatile.Write(ref *_resultHead, head + 1);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_requests is not null)
        {
            _ = Unmap(_requests, _requestsSize);
        }

        if (_queues is not null)
        {
            _ = Unmap(_queues, _queuesSize);
        }

        _ring.Dispose();
    }

    private byte* Map(nuint size, long offset)
    {
        void* memory = MapMemory(null, size, ProtectReadWrite, MapSharedPopulate, (int)_ring.DangerousGetHandle(), offset);
        return memory == (void*)-1 ? null : (byte*)memory;
    }

    // The C library has no names for these calls.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MapMemory(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    /// <summary>struct io_uring_sqe, as far as it is used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct Request
    {
        /// <summary>IORING_OP_POLL_ADD: the events are those of poll.</summary>
        public const byte Poll = 6;

        /// <summary>IORING_OP_RECVMSG.</summary>
        public const byte ReceiveMessage = 10;

        /// <summary>IORING_OP_ASYNC_CANCEL of the request with the tag in <see cref="Address"/>.</summary>
        public const byte Cancel = 14;

        /// <summary>Which of them.</summary>
        [FieldOffset(0)]
        public byte Operation;

        /// <summary>The file.</summary>
        [FieldOffset(4)]
        public int Descriptor;

        /// <summary>Memory.</summary>
        [FieldOffset(16)]
        public void* Address;

        /// <summary>How much.</summary>
        [FieldOffset(24)]
        public uint Length;

        /// <summary>The flags or events of the operation.</summary>
        [FieldOffset(28)]
        public uint Flags;

        /// <summary>What the result is told by.</summary>
        [FieldOffset(32)]
        public ulong Tag;
    }

    // struct io_uring_cqe.
    [StructLayout(LayoutKind.Sequential)]
    private struct Result
    {
        public ulong Tag;
        public int Value;
        public uint Flags;
    }

    // struct io_sqring_offsets.
    [StructLayout(LayoutKind.Sequential)]
    private struct RequestQueue
    {
        public uint Head;
        public uint Tail;
        public uint Mask;
        public uint Entries;
        public uint Flags;
        public uint Dropped;
        public uint Array;
        public uint Reserved;
        public ulong Address;
    }

    // struct io_cqring_offsets.
    [StructLayout(LayoutKind.Sequential)]
    private struct ResultQueue
    {
        public uint Head;
        public uint Tail;
        public uint Mask;
        public uint Entries;
        public uint Overflow;
        public uint Results;
        public uint Flags;
        public uint Reserved;
        public ulong Address;
    }

    // struct io_uring_params.
    [StructLayout(LayoutKind.Sequential)]
    private struct Parameters
    {
        public uint RequestEntries;
        public uint ResultEntries;
        public uint Flags;
        public uint Processor;
        public uint IdleTime;
        public uint Features;
        public uint SharedRing;
        public uint Reserved1;
        public uint Reserved2;
        public uint Reserved3;
        public RequestQueue RequestOffsets;
        public ResultQueue ResultOffsets;
    }

    // struct io_uring_getevents_arg.
    [StructLayout(LayoutKind.Sequential)]
    private struct EnterArgument
    {
        public ulong Signals;
        public uint SignalsSize;
        public uint Reserved;
        public TimeSpecification* Time;
    }

    // struct __kernel_timespec.
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
