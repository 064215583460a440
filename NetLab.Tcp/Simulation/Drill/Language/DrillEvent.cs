namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>One line of a conversation.</summary>
/// <param name="Line">Where it stands in the script, counted from 1.</param>
/// <param name="Time">When it happens.</param>
internal abstract record DrillEvent(int Line, DrillTime Time);

/// <summary>A segment that the script injects, or that it expects of the machine.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Time">When it happens.</param>
/// <param name="Packet">The segment.</param>
internal sealed record PacketEvent(int Line, DrillTime Time, DrillPacket Packet) : DrillEvent(Line, Time);

/// <summary>A system call of the application, and what it returns.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Time">When it is made.</param>
/// <param name="Call">The call.</param>
/// <param name="BlocksUntil">When it returns, counted as <paramref name="Time"/> is; null for at once.</param>
internal sealed record CallEvent(int Line, DrillTime Time, DrillCall Call, TimeSpan? BlocksUntil) : DrillEvent(Line, Time);

/// <summary>A command of the shell, between backquotes.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Time">When it is run.</param>
/// <param name="Command">The command.</param>
internal sealed record CommandEvent(int Line, DrillTime Time, string Command) : DrillEvent(Line, Time);

/// <summary>Assertions, between <c>%{</c> and <c>}%</c>.</summary>
/// <param name="Line">Where they begin.</param>
/// <param name="Time">When they are checked.</param>
/// <param name="Code">What stands between the braces.</param>
internal sealed record CodeEvent(int Line, DrillTime Time, string Code) : DrillEvent(Line, Time);
