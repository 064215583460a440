using System.Text;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>
/// Every state with every event: what is sent, and which state follows. The whole table stands in state-matrix.txt, and the
/// transitions as a diagram in the library's README, so that none changes unseen. NETLAB_UPDATE_GOLDEN=1 writes both anew.
/// </summary>
public sealed class StateMatrixTests
{
    private const string Begin = "<!-- state diagram -->";
    private const string End = "<!-- end of state diagram -->";

    // A connection in each state: our ISS and the peer's are 0, ten bytes have gone each way where there is a way.
    private static readonly (string Name, Func<ConnectionScript> Make)[] States =
    [
        ("Listen", () => ConnectionScript.Listening()),
        ("SynSent", () => ConnectionScript.Connecting()),
        ("SynReceived", SynReceived),
        ("Established", Established),
        ("FinWait1", FinWait1),
        ("FinWait2", FinWait2),
        ("CloseWait", CloseWait),
        ("Closing", Closing),
        ("LastAck", LastAck),
        ("TimeWait", TimeWait),
        ("Closed", ConnectionScript.Closed),
    ];

    // Next is the peer's next number, una our oldest unacknowledged and nxt our next one.
    private static readonly (string Name, Action<ConnectionScript, long, long> Do)[] Events =
    [
        ("SYN", (s, next, _) => s.Inject(Say.Syn(seq: next))),
        ("SYN again", (s, _, _) => s.Inject(Say.Syn())),
        ("SYN_ACK", (s, next, nxt) => s.Inject(Say.SynAck(nxt) with { Sequence = next })),
        ("ACK of everything", (s, next, nxt) => s.Inject(Say.Ack(next, nxt))),
        ("ACK of nothing new", (s, next, _) => s.Inject(Say.Ack(next, 1))),
        ("ACK of the future", (s, next, nxt) => s.Inject(Say.Ack(next, nxt + 100))),
        ("data", (s, next, nxt) => s.Inject(Say.Data(next, nxt, Say.Bytes(5)))),
        ("data with a hole", (s, next, nxt) => s.Inject(Say.Data(next + 10, nxt, Say.Bytes(5)))),
        ("old data", (s, next, nxt) => s.Inject(Say.Data(Math.Max(0, next - 5), nxt, Say.Bytes(5)))),
        ("data beyond the window", (s, next, nxt) => s.Inject(Say.Data(next + 2_000_000, nxt, Say.Bytes(5)))),
        ("FIN", (s, next, nxt) => s.Inject(Say.Fin(next, nxt))),
        ("FIN that acknowledges nothing new", (s, next, _) => s.Inject(Say.Fin(next, 1))),
        ("old FIN", (s, next, nxt) => s.Inject(Say.Fin(next - 1, nxt))),
        ("RST exactly next", (s, next, _) => s.Inject(Say.Rst(next))),
        ("RST with an ACK of our SYN", (s, next, nxt) => s.Inject(Say.RstAck(nxt, next))),
        ("RST in the window", (s, next, _) => s.Inject(Say.Rst(next + 5))),
        ("RST outside the window", (s, next, _) => s.Inject(Say.Rst(next + 2_000_000))),
        ("segment without ACK", (s, next, _) => s.Inject(new ScriptedSegment { Sequence = next, Payload = Say.Bytes(5) })),
        ("application writes", (s, _, _) => s.Write(Say.Bytes(5))),
        ("application half-closes", (s, _, _) => s.Do("half-close", c => c.ShutdownSend())),
        ("application closes", (s, _, _) => s.Do("close", c => c.Close(s.Now))),
        ("application aborts", (s, _, _) => s.Do("abort", c => c.Abort())),
        ("a minute passes", (s, _, _) => s.Advance(TimeSpan.FromMinutes(1))),
        ("an hour passes", (s, _, _) => s.Advance(TimeSpan.FromHours(1))),
    ];

    [Fact]
    public void The_matrix_of_states_and_events_is_the_one_written_down() => Compare(Path.Combine("tests", "NetLab.Tcp.Tests", "Connections", "state-matrix.txt"), _ => Matrix());

    [Fact]
    public void The_diagram_in_the_readme_shows_the_same_transitions() => Compare(
        Path.Combine("NetLab.Tcp", "README.md"),
        text =>
        {
            int from = text.IndexOf(Begin, StringComparison.Ordinal);
            int to = text.IndexOf(End, StringComparison.Ordinal);
            Assert.True(from >= 0 && to > from, "the README has lost its marks of the diagram");
            return text[..(from + Begin.Length)] + "\n" + Diagram() + text[to..];
        });

    private static string Matrix()
    {
        var text = new StringBuilder("# state | event | sent | next state (and why, if it is over)\n");
        foreach (Transition t in Transitions())
        {
            text.Append($"{t.From} | {t.Event} | {t.Sent} | {t.To}\n");
        }

        return text.ToString();
    }

    private static string Diagram()
    {
        var text = new StringBuilder("```mermaid\nstateDiagram-v2\n");
        foreach (IGrouping<(string From, string To), Transition> edge in Transitions()
            .Select(t => t with { To = t.To.Split(' ')[0] })
            .Where(t => t.From != t.To && t.From != "Closed" && !t.Event.Contains("passes", StringComparison.Ordinal))
            .GroupBy(t => (t.From, t.To)))
        {
            text.Append($"    {edge.Key.From} --> {edge.Key.To}: {string.Join(", ", edge.Select(t => t.Event).Distinct())}\n");
        }

        return text.Append("```\n").ToString();
    }

    private static IEnumerable<Transition> Transitions()
    {
        foreach ((string state, Func<ConnectionScript> make) in States)
        {
            foreach ((string name, Action<ConnectionScript, long, long> act) in Events)
            {
                ConnectionScript script = make();
                bool exists = script.Connection is not null;
                if (!exists && name.StartsWith("application", StringComparison.Ordinal))
                {
                    continue;
                }

                long nxt = script.TakeAll().Select(s => s.Sequence + s.Payload.Length + (s.Has(SegmentFlags.Syn) ? 1 : 0) + (s.Has(SegmentFlags.Fin) ? 1 : 0)).DefaultIfEmpty(1).Max();
                nxt = exists ? Math.Max(nxt, script.OwnOffset(script.Connection!.SendNext)) : 1;
                long next = state is "SynSent" or "Listen" or "Closed" ? 0 : script.PeerNext;
                act(script, next, nxt);
                string sent = string.Join(" ", script.TakeAll().GroupBy(Describe).Select(g => g.Count() == 1 ? g.Key : $"{g.Key}×{g.Count()}"));
                string to = script.Connection is { } c ? c.State.ToString() : state;
                CloseReason? reason = script.Stream.CloseReason;
                yield return new Transition(state, name, sent.Length == 0 ? "nothing" : sent, reason is null || !exists ? to : $"{to} ({reason})");
            }
        }
    }

    private static string Describe(ScriptedSegment segment) => string.Join(
        "+",
        new[] { (SegmentFlags.Syn, "SYN"), (SegmentFlags.Fin, "FIN"), (SegmentFlags.Rst, "RST"), (SegmentFlags.Ack, "ACK") }
            .Where(f => segment.Has(f.Item1)).Select(f => f.Item2).Concat(segment.Payload.Length > 0 ? ["data"] : []));

    private static void Compare(string path, Func<string, string> make)
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "NetLab.sln")))
        {
            root = root.Parent;
        }

        Assert.NotNull(root);
        string file = Path.Combine(root.FullName, path);
        string written = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        string made = make(written);
        if (Environment.GetEnvironmentVariable("NETLAB_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, made);
            return;
        }

        Assert.Equal(written, made);
    }

    private static ConnectionScript SynReceived()
    {
        ConnectionScript script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        return script;
    }

    private static ConnectionScript Established()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        script.Write(Say.Bytes(10));
        script.Inject(Say.Ack(11, 11));
        return script;
    }

    private static ConnectionScript FinWait1()
    {
        ConnectionScript script = Established();
        script.Do("half-close", c => c.ShutdownSend());
        return script;
    }

    private static ConnectionScript FinWait2()
    {
        ConnectionScript script = FinWait1();
        script.Inject(Say.Ack(11, 12));
        return script;
    }

    private static ConnectionScript CloseWait()
    {
        ConnectionScript script = Established();
        script.Inject(Say.Fin(11, 11));
        return script;
    }

    private static ConnectionScript Closing()
    {
        ConnectionScript script = FinWait1();
        script.Inject(Say.Fin(11, 11));
        return script;
    }

    private static ConnectionScript LastAck()
    {
        ConnectionScript script = CloseWait();
        script.Do("half-close", c => c.ShutdownSend());
        return script;
    }

    private static ConnectionScript TimeWait()
    {
        ConnectionScript script = FinWait2();
        script.Inject(Say.Fin(11, 12));
        return script;
    }

    private sealed record Transition(string From, string Event, string Sent, string To);
}
