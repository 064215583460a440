using NetLab.Udp.Time;

namespace NetLab.Host.Rendering;

/// <summary>A segment that passed one end of a conversation.</summary>
/// <param name="At">When.</param>
/// <param name="AtClient">Whether it was seen at the client's end.</param>
/// <param name="Sent">Whether that end sent it; otherwise it arrived there.</param>
/// <param name="Segment">The whole segment.</param>
internal sealed record LadderEvent(Instant At, bool AtClient, bool Sent, byte[] Segment);
