using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Hunts;

/// <summary>A fault that a hunt hides in a link or an endpoint.</summary>
/// <param name="Name">What it is called in an answer: lower case, words joined by hyphens.</param>
/// <param name="Complaint">What the user says.</param>
/// <param name="Link">The link that does it, as on the command line; "up" is from client to server.</param>
/// <param name="Filter">The display filter that shows where one could have seen it.</param>
/// <param name="Explanation">What is seen there, and why it is this fault and no other.</param>
internal sealed record HiddenFault(string Name, string Complaint, string Link, string Filter, string Explanation)
{
    /// <summary>How many packets the filter has to show for the fault to be found: of a burst, several neighbours.</summary>
    public int LeastSeen { get; init; } = Name == "burst" ? 4 : Name is "loss" or "one-way" or "reorder" or "duplicate" or "corrupt" ? 3 : 1;

    /// <summary>What it does to the client's end; null for nothing.</summary>
    public Func<ConnectionOptions, ConnectionOptions>? Client { get; init; }

    /// <summary>The faults there are.</summary>
    public static IReadOnlyList<HiddenFault> All { get; } =
    [
        new("loss", "Downloads are slow, and so are uploads; now and then everything stands still for a moment.", "delay=20ms,rate=50M,queue=1M,loss=3%",
            "tcp.analysis.retransmission || tcp.analysis.fast_retransmission", "Single segments are sent again here and there, in both directions, and each hole is reported by duplicate ACKs with SACK: loss at random."),
        new("burst", "It runs well for a while, then several seconds of nothing, then it runs again.", "delay=20ms,rate=50M,queue=1M,loss=2%,burst=15",
            "tcp.analysis.retransmission || tcp.analysis.fast_retransmission", "What is sent again comes in rows of many neighbours, with long good stretches between: losses in bursts, and not one by one."),
        new("one-way", "Uploads are slow; downloads are fine.", "delay=20ms,rate=50M,queue=1M,up.loss=5%",
            "tcp.analysis.retransmission || tcp.analysis.fast_retransmission", "Only what the client sends is sent again; the server's segments come whole and in order: the loss is in one direction."),
        new("reorder", "The network people say that nothing is lost, and they are right; yet the graph is full of duplicate ACKs.", "delay=20ms,rate=50M,queue=1M,reorder=8%",
            "tcp.analysis.out_of_order || tcp.analysis.duplicate_ack", "Segments arrive behind those that were sent later, and soon after: each is there without having been sent again. Reordering, and no loss."),
        new("duplicate", "The counters show more packets than anybody sent.", "delay=20ms,rate=50M,queue=1M,duplicate=10%",
            "tcp.options.sack_le || tcp.analysis.spurious_retransmission", "The same bytes arrive twice, at once, and D-SACK reports what had come before; nothing was missing, and the sender sent it once: the network made the copy."),
        new("corrupt", "Sometimes it hangs for a moment. The cable was replaced once already.", "delay=20ms,rate=50M,queue=1M,corrupt=3%",
            "tcp.checksum.status == 0", "Segments arrive whose checksum is wrong; the receiver drops them without a word, and they come again. Loss has no bad checksums."),
        new("mtu-hole", "It connects at once and short answers come; anything longer hangs for ever.", "delay=20ms,rate=50M,queue=1M,mtu=1300",
            "tcp.analysis.retransmission || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment", "Small segments pass both ways, full ones never do, however often they are sent, and no ICMP says why: a link with a smaller MTU behind a filter."),
        new("rate", "Everything is slow, all day, evenly. Ping is fine.", "delay=20ms,rate=500K,queue=12K",
            "tcp.len > 0 && !tcp.analysis.retransmission", "Full segments come at even distances of some 23 ms, however large the window: the line carries 500 kbit/s. The round trip stays short, so no queue is the reason."),
        new("bufferbloat", "When somebody downloads, nobody can make a phone call.", "delay=20ms,rate=4M,queue=4M",
            "ip.src == 10.0.0.80 && tcp.len == 0", "Follow the echoed timestamps (or the ladder): the time from a segment to its ACK grows from 40 ms to many times that and stays there, while nothing is lost: a queue far too long."),
        new("lost-syn-ack", "It takes a second until anything happens; after that it is as quick as ever.", "delay=20ms,rate=50M,queue=1M,down.drop=SYN_ACK#1",
            "tcp.flags.syn == 1", "The SYN goes twice, a second apart, and only the second is answered: the first SYN_ACK was lost, and the client knew no round trip yet."),
        new("lost-fin", "All data are there at once, but the program ends late.", "delay=20ms,rate=50M,queue=1M,drop=FIN#1",
            "tcp.flags.fin == 1", "The first FIN is not acknowledged and goes again after the timer: the closing, and not the data, was lost."),
        new("small-window", "Downloads never exceed a megabit, over any line, on this one machine.", "delay=20ms,rate=50M,queue=1M",
            "tcp.flags.syn == 0 && tcp.window_size < 8192", "The client offers a window of a few thousand bytes: a window a round trip is all it can get. Nothing is lost, and the line is idle most of the time.")
        {
            Client = o => o with { ReceiveBufferSize = 6_000, WindowScaling = false },
        },
        new("late-acks", "Small requests take a fifth of a second each, over a network with a ping of 40 ms.", "delay=20ms,rate=50M,queue=1M",
            "frame.time_delta > 0.1", "When no second segment follows, the client does not acknowledge: the server, which waits for that ACK before it sends the second part, stands still for more than 100 ms, until it repeats the segment as a tail loss probe. That is acknowledged at once, with a D-SACK: nothing had been lost, the ACK was late.")
        {
            Client = o => o with { DelayedAcknowledgment = TimeSpan.FromMilliseconds(400), QuickAcknowledgments = 0 },
        },
    ];

    /// <summary>The fault of a seed.</summary>
    public static HiddenFault Of(ulong seed)
    {
        // Neighbouring seeds must not tell: the bits are mixed (SplitMix64).
        ulong mixed = seed + 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return All[(int)((mixed ^ (mixed >> 31)) % (ulong)All.Count)];
    }
}
