namespace NetLab.Host.Live;

/// <summary>Something that happened in a session, as it is told to whoever watches.</summary>
/// <param name="Kind">segment, fate, state, sample, log, link or end.</param>
/// <param name="Json">What, as a JSON document in one line.</param>
internal readonly record struct LiveUpdate(string Kind, string Json);
