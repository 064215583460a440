using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>
/// What a peer knows of the machine's counters of bytes once it has a segment (RFC 9768, 3.2.3): fields come in either order, those that
/// have not changed may be left out, and what was not told is as it began.
/// </summary>
/// <param name="Ect0">EE0B.</param>
/// <param name="Ce">ECEB.</param>
/// <param name="Ect1">EE1B.</param>
internal readonly record struct ToldCounters(uint Ect0, uint Ce, uint Ect1)
{
    private const int FieldBytes = 3;

    /// <summary>What is known before anything was told.</summary>
    public static ToldCounters Initial => new(1, 0, 1);

    /// <summary>Whether an option is one that tells of counters.</summary>
    public static bool IsToldBy(DrillOption option) => option.Kind is DrillOption.AccurateEcn0 or DrillOption.AccurateEcn1;

    /// <summary>What is known once a segment with some options has come.</summary>
    public ToldCounters After(IReadOnlyList<DrillOption> options)
    {
        ToldCounters known = this;
        foreach (DrillOption option in options)
        {
            known = IsToldBy(option) ? known.After(option) : known;
        }

        return known;
    }

    /// <summary>Whether an option tells nothing else than what is known.</summary>
    public bool Has(DrillOption option) => After(option) == this;

    private ToldCounters After(DrillOption option)
    {
        int fields = option.Value.Length / FieldBytes;
        uint Field(int index) => ((uint)option.Value[index * FieldBytes] << 16) | ((uint)option.Value[(index * FieldBytes) + 1] << 8) | option.Value[(index * FieldBytes) + 2];
        var counters = new AccurateEcnCounters(0, 0, 0, Math.Min(fields, FieldBytes), option.Kind == DrillOption.AccurateEcn1);
        return new ToldCounters(
            counters.HasEct0 ? Field(counters.Ect1First ? 2 : 0) : Ect0, counters.HasCe ? Field(1) : Ce, counters.HasEct1 ? Field(counters.Ect1First ? 0 : 2) : Ect1);
    }
}
