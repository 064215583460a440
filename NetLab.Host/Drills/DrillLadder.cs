using NetLab.Host.Flows;
using NetLab.Tcp.Simulation.Drill;

namespace NetLab.Host.Drills;

/// <summary>A script's conversation as the ladder of <c>nlab flow</c>, with what was expected beside what was sent.</summary>
internal static class DrillLadder
{
    // The end is where the difference stands.
    private const int MaxSteps = 40;

    public static IEnumerable<string> Draw(DrillResult result)
    {
        if (result.Steps.Count == 0)
        {
            return [];
        }

        IEnumerable<DrillStep> last = result.Steps.Skip(result.Steps.Count - MaxSteps);
        return FlowLadder.Draw(new Flow(
            "script",
            "NetLab",
            [.. last.Select(s => new FlowEvent(s.Line, s.At.Ticks * TimeSpan.NanosecondsPerTick, s.FromScript, s.Text, s.Difference))])
        {
            Numbers = "line",
        });
    }
}
