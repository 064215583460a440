using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Live;

/// <summary>The event log of a live transfer, a line an event in the order of time: segments with their fates, states, windows.</summary>
internal static class LiveLog
{
    private static readonly (LinkEffects Effect, string Name)[] Effects =
    [
        (LinkEffects.Lost, "lost"), (LinkEffects.ScriptedDrop, "dropped by the script"), (LinkEffects.QueueDrop, "dropped by a full queue"),
        (LinkEffects.EarlyDrop, "dropped early by the queue"), (LinkEffects.TooLarge, "too large"), (LinkEffects.Down, "the link is down"),
        (LinkEffects.Duplicated, "duplicated"), (LinkEffects.HeldBack, "held back"), (LinkEffects.Corrupted, "corrupted"), (LinkEffects.Marked, "marked"),
    ];

    /// <summary>The lines.</summary>
    public static IReadOnlyList<string> Of(LiveTransfer transfer)
    {
        var lines = new List<(long At, int Order, string Text)>();
        lines.AddRange(transfer.Segments.Select(s => (s.SentAt.Ticks, 1, Line(s))));

        foreach ((string name, FlowEnd end) in new[] { ("client", transfer.Client), ("server", transfer.Server) })
        {
            lines.AddRange(end.States.Select(s => (s.At.Ticks, 0, Line(name, s.At, s.State))));
            lines.AddRange(end.Samples.Select(s => (s.At.Ticks, 2, Line(name, s))));
        }

        return [.. lines.OrderBy(l => l.At).ThenBy(l => l.Order).Select(l => l.Text)];
    }

    /// <summary>A segment's line.</summary>
    public static string Line(LiveSegment s) => $"{Time(s.SentAt)} {(s.FromClient ? "client > " : "server < ")}{Describe(s)}";

    /// <summary>A line of a state that an end comes to.</summary>
    public static string Line(string end, Instant at, ConnectionState state) => $"{Time(at)} {end} is {StateOf(state)}";

    /// <summary>A line of what an end knows of the path.</summary>
    public static string Line(string end, FlowSample sample) => $"{Time(sample.At)} {end} {Describe(sample.Metrics)}";

    /// <summary>What befell a datagram, in words; none if it passed.</summary>
    public static IEnumerable<string> NamesOf(LinkEffects effects) => Effects.Where(e => (effects & e.Effect) != 0).Select(e => e.Name);

    /// <summary>A state by RFC 9293's name.</summary>
    public static string StateOf(ConnectionState state) =>
        string.Concat(state.ToString().Select((c, i) => i > 0 && (char.IsUpper(c) || char.IsAsciiDigit(c)) ? "-" + c : c.ToString())).ToUpperInvariant();

    private static string Describe(LiveSegment s)
    {
        string fate = s.Outcome is not { } outcome ? "waits before the line" : string.Join(", ", NamesOf(outcome.Effects)) is { Length: > 0 } words ? words : "passes";
        string arrives = s.ArrivedAt is { } at ? $", arrives {Time(at)}" : "";
        if (s.Kind == LiveSegment.Datagram)
        {
            return string.Create(CultureInfo.InvariantCulture, $"datagram {s.Ordinal} len={s.PayloadLength}: {fate}{arrives}");
        }

        string acknowledged = s.Header.Has(SegmentFlags.Ack) ? $" ack={s.Acknowledged}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{s.Kind}#{s.Ordinal} seq={s.Start}{acknowledged} win={s.Header.Window} len={s.PayloadLength}{(s.IsRetransmission ? " again" : "")}: {fate}{arrives}");
    }

    private static string Describe(in ConnectionMetrics m) => string.Create(
        CultureInfo.InvariantCulture,
        $"cwnd={m.CongestionWindow} ssthresh={(m.SlowStartThreshold is { } t ? t.ToString(CultureInfo.InvariantCulture) : "-")} in_flight={m.InFlight} snd_wnd={m.SendWindow} srtt={Milliseconds(m.SmoothedRoundTrip)} rto={Milliseconds(m.RetransmissionTimeout)}{(m.InRecovery ? " repairs" : "")}");

    private static string Milliseconds(TimeSpan? time) => time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0.###}ms") : "-";

    private static string Time(Instant at) => at.SinceOrigin.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture);
}
