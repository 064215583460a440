using System.Globalization;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Relays;

/// <summary>Says in a line each how a link changes, and when, from its start on. Called by one thread.</summary>
/// <param name="output">Where to.</param>
internal sealed class LinkChangeNotes(TextWriter output)
{
    private Instant? _startedAt;

    /// <summary>Says it; how the link begins, which is the first of either direction, is no change.</summary>
    public void Say(bool up, LinkChange change)
    {
        _startedAt ??= change.At;
        if (change.At > _startedAt)
        {
            string text = change.Direction.ToText();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(change.At - _startedAt.Value).TotalSeconds:F3} s {(up ? "up" : "down")}: {(text.Length > 0 ? text : "passes everything")}{(change.IsDown && !change.Direction.IsDown ? " (in an outage)" : "")}"));
        }
    }
}
