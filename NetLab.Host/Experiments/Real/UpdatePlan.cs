namespace NetLab.Host.Experiments.Real;

/// <summary>What is tried.</summary>
/// <param name="Count">Changes of the value.</param>
/// <param name="Interval">Time between them.</param>
/// <param name="Poll">Time between questions of polling.</param>
/// <param name="IsEager">Broken: long polling is answered at once.</param>
/// <param name="IsBuffered">Broken: events wait in a buffer.</param>
/// <param name="IsTalkative">Broken: each message of the WebSocket is answered.</param>
internal sealed record UpdatePlan(int Count, TimeSpan Interval, TimeSpan Poll, bool IsEager, bool IsBuffered, bool IsTalkative);
