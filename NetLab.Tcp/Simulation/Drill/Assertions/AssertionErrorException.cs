namespace NetLab.Tcp.Simulation.Drill.Assertions;

/// <summary>An assertion cannot be worked out; the message is one line.</summary>
internal sealed class AssertionErrorException(string message) : Exception(message);
