using NetLab.Tcp.Options;

namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>What a system says for all its sockets: its defaults, and what sysctl changes of them.</summary>
internal sealed class SystemSettings
{
    private readonly SortedDictionary<string, string> _reservations = new(StringComparer.Ordinal);

    /// <summary>The defaults of a system.</summary>
    public SystemSettings(DrillSystem system)
    {
        System = system;
        if (system == DrillSystem.FreeBsd)
        {
            // net.inet.tcp: rexmit_min of 30 ms and rexmit_slop of 200 ms; no acknowledgments beyond every second segment.
            MinTimeout = TimeSpan.FromMilliseconds(230);
            QuickAcknowledgments = 0;
            KeepAliveProbes = 8;
            ReceiveBuffer = 1 << 16;
        }
    }

    /// <summary>How long connect goes on where nothing is said.</summary>
    public static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(75);

    /// <summary>What has been asked for and cannot be, under the variable that asks: a script that differs may do so because of it.</summary>
    public IReadOnlyDictionary<string, string> Reservations => _reservations;

    /// <summary>The system.</summary>
    public DrillSystem System { get; }

    /// <summary>Whether selective acknowledgments are offered.</summary>
    public bool Sack { get; set; } = true;

    /// <summary>Whether timestamps are offered.</summary>
    public bool Timestamps { get; set; } = true;

    /// <summary>Whether window scaling is offered.</summary>
    public bool WindowScaling { get; set; } = true;

    /// <summary>Whether ECN is asked for, answered, or neither.</summary>
    public EcnMode Ecn { get; set; } = EcnMode.Answer;

    /// <summary>Whether AccECN sends its option; null if sysctl does not say, and the script's packets show.</summary>
    public bool? AccurateEcnOption { get; set; }

    /// <summary>The congestion control of a socket that does not choose.</summary>
    public CongestionAlgorithm Congestion { get; set; } = CongestionAlgorithm.Cubic;

    /// <summary>MSS of a SYN about which the script says nothing.</summary>
    public int SegmentSize { get; set; } = 1460;

    /// <summary>Bytes that may be written and not acknowledged.</summary>
    public int SendBuffer { get; set; } = 16 << 20;

    /// <summary>Bytes that may wait to be read where windows are scaled: half of what Linux's suites set, the other half being overhead there.</summary>
    public int? ReceiveBuffer { get; set; } = 1 << 18;

    /// <summary>Whether small segments wait; a socket can change it.</summary>
    public bool Nagle { get; set; } = true;

    /// <summary>How long an acknowledgment waits.</summary>
    public TimeSpan DelayedAcknowledgment { get; set; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Segments acknowledged at once at the start.</summary>
    public int QuickAcknowledgments { get; set; } = 16;

    /// <summary>RTO before the first measurement.</summary>
    public TimeSpan InitialTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Least RTO.</summary>
    public TimeSpan MinTimeout { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Largest RTO; null for the machine's.</summary>
    public TimeSpan? MaxTimeout { get; set; }

    /// <summary>Retransmissions of a SYN; null for the machine's.</summary>
    public int? SynRetransmissions { get; set; }

    /// <summary>Retransmissions of data; null for the machine's.</summary>
    public int? Retransmissions { get; set; }

    /// <summary>Whether sockets ask idle peers for a sign of life without being told to.</summary>
    public bool KeepAlive { get; set; }

    /// <summary>Idle time before that.</summary>
    public TimeSpan KeepAliveIdle { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Time between probes.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>Unanswered probes before giving up.</summary>
    public int KeepAliveProbes { get; set; } = 9;

    /// <summary>How long FIN-WAIT-2 waits for the peer's FIN.</summary>
    public TimeSpan FinTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>MSL: TIME-WAIT lasts two.</summary>
    public TimeSpan SegmentLifetime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Least time between challenge ACKs; null for the machine's.</summary>
    public TimeSpan? ChallengeInterval { get; set; }

    /// <summary>Whether larger segments are searched for.</summary>
    public bool MtuSearch { get; set; }

    /// <summary>How long connect goes on; null for as many SYNs as the machine sends.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>Unsent bytes below which a writer is woken.</summary>
    public int? UnsentLowWaterMark { get; set; }

    /// <summary>A variable was set to what cannot be, for a reason; or, with null, to what is.</summary>
    public void Reserve(string variable, string? reason)
    {
        _reservations.Remove(variable);
        if (reason is not null)
        {
            _reservations.Add(variable, reason);
        }
    }
}
