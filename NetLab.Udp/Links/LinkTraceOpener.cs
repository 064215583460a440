using NetLab.Udp.Links.Lines;

namespace NetLab.Udp.Links;

/// <summary>Reads the file of a trace.</summary>
/// <param name="path">As a link string names it.</param>
/// <param name="trace">What is in it.</param>
/// <param name="error">Which line and word is wrong and why, or null.</param>
public delegate bool LinkTraceOpener(string path, out LinkTrace? trace, out string? error);
