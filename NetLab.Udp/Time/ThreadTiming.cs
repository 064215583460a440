using System.Runtime.InteropServices;

namespace NetLab.Udp.Time;

/// <summary>How punctually the system wakes a thread whose timers must not be late.</summary>
public static unsafe partial class ThreadTiming
{
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK of linux/prctl.h

    // Ahead of what computes, behind what the system itself needs.
    private const int Niceness = -10;

    // The shortest turn that Linux gives (since 6.12): whoever asks for short turns has them soon. Older kernels take no notice.
    private const ulong TurnNanoseconds = 100_000;

    /// <summary>
    /// Asks for the calling thread to be woken when its waits end and not up to 50 µs later, which is Linux's habit, and to have short turns,
    /// and those soon; before others, as the kernel's own queues have theirs, only where the process may (CAP_SYS_NICE). Elsewhere nothing changes.
    /// </summary>
    /// <returns>Whether it has its turn before others.</returns>
    public static bool MakePunctual()
    {
        if (!OperatingSystem.IsLinux() || SetSchedulingNumber is not { } number)
        {
            return false;
        }

        Control(SetTimerSlack, 1, 0, 0, 0);
        if (TrySchedule(number, Niceness))
        {
            return true;
        }

        TrySchedule(number, 0);
        return false;
    }

    // sched_setattr has no function in the C library of older systems; asm/unistd_64.h and asm-generic/unistd.h.
    private static nint? SetSchedulingNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 314,
        Architecture.Arm64 => 274,
        _ => null,
    };

    private static bool TrySchedule(nint number, int niceness)
    {
        var attributes = new SchedulingAttributes { Size = (uint)sizeof(SchedulingAttributes), Niceness = niceness, Runtime = TurnNanoseconds };
        return Call(number, 0, &attributes, 0) == 0;
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint value, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint thread, SchedulingAttributes* attributes, nint flags);

    // struct sched_attr of linux/sched/types.h, its first version: the policy is SCHED_OTHER, 0.
    private struct SchedulingAttributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Niceness;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
