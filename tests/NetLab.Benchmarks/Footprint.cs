using System.Diagnostics;
using System.Globalization;

namespace NetLab.Benchmarks;

/// <summary>What a process holds and has used.</summary>
/// <param name="Managed">Bytes of live objects.</param>
/// <param name="Resident">Bytes of memory the system has given it.</param>
/// <param name="Processor">Seconds of processor time.</param>
internal readonly record struct Footprint(long Managed, long Resident, double Processor)
{
    /// <summary>Takes this process's.</summary>
    /// <param name="collect">Whether garbage is collected first, and given back.</param>
    public static Footprint Take(bool collect = true)
    {
        if (collect)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        return new Footprint(GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet, Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static Footprint Parse(string text)
    {
        string[] parts = text.Split(' ');
        return new Footprint(
            long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), double.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    /// <summary>What has been added since, for each of so many.</summary>
    public string Since(Footprint before, int count) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Managed - before.Managed) / count} bytes of objects and {(Resident - before.Resident) / count} of memory each");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Managed} {Resident} {Processor}");
}
