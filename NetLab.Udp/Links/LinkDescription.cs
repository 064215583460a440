using NetLab.Udp.Links.Lines;
using NetLab.Udp.Links.Paths;

namespace NetLab.Udp.Links;

/// <summary>Both directions of a link and the seed of everything random in them: what a link string says.</summary>
public sealed record LinkDescription
{
    /// <summary>From the client to the server.</summary>
    public LinkDirection Up { get; init; } = new();

    /// <summary>From the server to the client.</summary>
    public LinkDirection Down { get; init; } = new();

    /// <summary>The seed, or null to have one drawn.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Reads a link string such as <c>delay=20ms,loss=1%,down.rate=10M,drop=SYN_ACK#1,DATA#20,seed=7</c>; a trace is read from its file.</summary>
    /// <param name="text">The string; empty is a link that changes nothing.</param>
    /// <param name="link">What it says.</param>
    /// <param name="error">One line that names the word that is wrong and why, or null.</param>
    public static bool TryParse(string text, out LinkDescription link, out string? error) =>
        TryParse(text, LinkTraceFile.TryRead, out link, out error);

    /// <summary>Reads a link string.</summary>
    /// <param name="text">The string; empty is a link that changes nothing.</param>
    /// <param name="openTrace">Reads the files of traces; null where a link must not name files, as when others may write it.</param>
    /// <param name="link">What it says.</param>
    /// <param name="error">One line that names the word that is wrong and why, or null.</param>
    public static bool TryParse(string text, LinkTraceOpener? openTrace, out LinkDescription link, out string? error)
    {
        bool parsed = new LinkStringParser(openTrace).TryParse(text, new LinkDescription(), out link, out error);
        error = error is null ? null : "link: " + error;
        return parsed;
    }

    /// <summary>The same link with a schedule such as <c>0s: rate=10M; 10s: loss=20%; 20s: down; 25s: up</c>.</summary>
    /// <param name="schedule">Moments from the link's beginning on, each with what changes then; lines or semicolons part them, # begins a comment.</param>
    /// <param name="link">The link with its steps.</param>
    /// <param name="error">One line that names the line and the word that is wrong and why, or null.</param>
    public bool TrySchedule(string schedule, out LinkDescription link, out string? error) =>
        LinkScheduleParser.TryParse(schedule, this, LinkTraceFile.TryRead, out link, out error);

    /// <summary>The same link with a recorded path in place of delay, loss and rate, in the directions of which something is known.</summary>
    /// <param name="path">The path.</param>
    public LinkDescription WithPath(RecordedPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return this with { Seed = Seed ?? path.Seed, Up = Up.Playing(path.Up), Down = Down.Playing(path.Down) };
    }

    /// <summary>The models of both directions, ready to run.</summary>
    /// <param name="seed">Used when the description names none.</param>
    /// <param name="match">What the names of scripted drops mean; null if there are none.</param>
    public (LinkModel Up, LinkModel Down) CreateModels(ulong seed, DatagramMatch? match = null) => CreateModels(seed, match, LinkModel.UdpHeaderBytes);

    /// <summary>The same, of datagrams that bring other headers along than UDP's and IP's.</summary>
    internal (LinkModel Up, LinkModel Down) CreateModels(ulong seed, DatagramMatch? match, int headerBytes)
    {
        ulong root = Seed ?? seed;

        // Two directions of one seed must not lose the same datagrams: each draws from its own stream.
        return (new LinkModel(Up, root * 2, match, headerBytes), new LinkModel(Down, (root * 2) + 1, match, headerBytes));
    }

    /// <summary>The link string that says the same; steps of a schedule are not in it.</summary>
    public override string ToString() => LinkText.Of(this);
}
