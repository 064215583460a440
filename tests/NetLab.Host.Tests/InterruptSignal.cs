using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetLab.Host.Tests;

/// <summary>
/// Ctrl-C for the programs that tests start. A shell that runs tests in the background has them ignore it, and what a process ignores its
/// children ignore too (POSIX.1-2017, "Shell Command Language", 2.11): they could not be told to end.
/// </summary>
internal static class InterruptSignal
{
    private const int Interrupt = 2;

    [ModuleInitializer]
    internal static void NoLongerIgnore()
    {
        const string Ignored = "SigIgn:";
        if (OperatingSystem.IsLinux()
            && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal)) is { } signals
            && (ulong.Parse(signals.AsSpan(Ignored.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Interrupt - 1))) != 0)
        {
            _ = Signal(Interrupt, handler: 0);
        }
    }

    // A handler of 0 is the default action.
    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint Signal(int signal, nint handler);
}
