namespace NetLab.Host.Rendering;

/// <summary>An arrow of a ladder.</summary>
/// <param name="Before">What stands to the left of it: numbers, times.</param>
/// <param name="Label">What was sent.</param>
/// <param name="FromLeft">Whether the end on the left sent it.</param>
/// <param name="After">What stands to the right of it: when it arrived, what stands out; empty for nothing.</param>
/// <param name="IsLost">Whether it never arrived.</param>
internal sealed record LadderRow(string Before, string Label, bool FromLeft, string After = "", bool IsLost = false);
