using NetLab.Tcp.Simulation.Drill.Assertions;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;
using NetLab.Tcp.Simulation.Drill.Sockets;

namespace NetLab.Tcp.Simulation.Drill;

/// <summary>Looks through a whole script for what cannot be expressed, so that half of it is not run for nothing.</summary>
internal static class ScriptCheck
{
    /// <summary>Throws at the first such line.</summary>
    public static void Check(IReadOnlyList<DrillEvent> events, DrillSystem system)
    {
        var scratch = new SystemSettings(system);
        foreach (DrillEvent item in events)
        {
            switch (item)
            {
                case CommandEvent command when ShellCommand.Run(scratch, command.Command) is { } reason:
                    throw new DrillUnsupportedException(command.Line, reason);
                case CodeEvent code:
                    AssertionParser.Parse(code.Code, code.Line);
                    break;
                case CallEvent { Call: { Name: "setsockopt" } call } set when call.Arguments.Count > 3 && CallArguments.Text(call, 2) != "SO_LINGER":
                    SocketOptions.Apply(new SocketSettings(), CallArguments.Text(call, 2), call.Arguments[3], set.Line);
                    break;
                default:
                    break;
            }
        }
    }
}
