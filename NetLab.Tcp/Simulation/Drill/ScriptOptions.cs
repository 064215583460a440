using System.Globalization;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill;

/// <summary>What holds for a whole run: from the command line, and from the options at the script's top.</summary>
/// <param name="System">The system's settings at the start.</param>
/// <param name="Tolerance">How far a moment may be from the script's.</param>
/// <param name="Lenient">Whether other acknowledgments and cuts are let pass.</param>
/// <param name="InitialSequence">Where numbers begin; null to leave it to the script.</param>
internal sealed record ScriptOptions(SystemSettings System, TimeSpan Tolerance, bool Lenient, uint? InitialSequence)
{
    private static readonly TimeSpan DefaultTolerance = TimeSpan.FromMilliseconds(4);

    /// <summary>Reads a script's options.</summary>
    public static ScriptOptions Read(IReadOnlyList<(string Name, string Value, int Line)> options, DrillSettings settings, DrillSystem system)
    {
        var values = new SystemSettings(system);
        TimeSpan tolerance = DefaultTolerance;
        bool lenient = settings.Lenient;
        foreach ((string name, string value, int line) in options)
        {
            switch (name)
            {
                case "tolerance_usecs":
                    tolerance = TimeSpan.FromMicroseconds(Number(name, value, line, 1_000_000_000));
                    break;
                case "lenient":
                    lenient = true;
                    break;
                case "ip_version" when value.StartsWith("ipv6", StringComparison.Ordinal):
                    values.SegmentSize = 1440;
                    break;
                case "mss":
                    values.SegmentSize = (int)Number(name, value, line, ushort.MaxValue);
                    break;
                default:
                    break;
            }
        }

        return new ScriptOptions(values, settings.Tolerance ?? tolerance, lenient, settings.InitialSequence);
    }

    private static long Number(string name, string value, int line, long max) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= max
            ? number
            : throw new DrillSyntaxException(line, $"--{name} is 0 to {max}");
}
