using System.Globalization;
using NetLab.Tcp.Options;

namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>The variables of sysctl: what each means for this machine.</summary>
internal static class SystemVariables
{
    private const int MaxBuffer = 1 << 30;

    // What has no part in what a single connection sends, or is always so here: any value will do.
    private static readonly HashSet<string> Harmless =
    [
        // Memory, queues, limits of the whole system.
        "tcp_mem", "tcp_max_syn_backlog", "tcp_max_orphans", "tcp_max_tw_buckets", "tcp_no_metrics_save", "tcp_no_ssthresh_metrics_save", "tcp_limit_output_bytes",
        "tcp_challenge_ack_limit", "tcp_orphan_retries", "tcp_available_congestion_control", "tcp_allowed_congestion_control", "tcp_stdurg", "tcp_tso_win_divisor",
        "tcp_min_tso_segs", "tcp_tso_rtt_log", "tcp_pacing_ss_ratio", "tcp_pacing_ca_ratio", "tcp_backlog_ack_defer", "tcp_probe_interval", "tcp_probe_threshold",
        "tcp_moderate_rcvbuf", "tcp_adv_win_scale", "tcp_app_win", "tcp_base_mss", "tcp_min_snd_mss", "tcp_mtu_probe_floor", "tcp_low_latency", "tcp_reflect_tos",
        "tcp_migrate_req", "tcp_child_ehash_entries", "tcp_early_demux", "tcp_max_reordering", "tcp_workaround_signed_windows", "tcp_rfc1337",
        "tcp_autocorking", "tcp_min_rtt_wlen", "tcp_comp_sack_delay_ns", "tcp_comp_sack_slack_ns", "tcp_comp_sack_nr", "tcp_rcvbuf_low_rtt",
        "tcp_ecn_option_beacon", "tcp_retries1", "tcp_syn_linear_timeouts", "tcp_tw_reuse", "tcp_tw_recycle", "tcp_tw_reuse_delay",
        "tcp_fack", "tcp_frto", "tcp_frto_response", "tcp_plb_enabled",
        "tcp_fastopen", "tcp_fastopen_key", "tcp_fastopen_blackhole_timeout_sec", "tcp_reordering", "tcp_slow_start_after_idle",
        "ip_local_port_range", "ip_no_pmtu_disc", "ip_forward", "route.flush", "rmem_max", "wmem_max", "rmem_default", "wmem_default", "optmem_max", "somaxconn",
        "default_qdisc", "tcp_collapse_max_bytes", "tcp_pingpong_thresh",

        // FreeBSD.
        "alloweddeviation", "icmp_rst", "isn_reseed_interval", "log_in_vain", "log_debug", "path_mtu_discovery", "pmtud_blackhole_detection",
        "sendbuf_auto", "sendbuf_inc", "sendbuf_max", "recvbuf_auto", "recvbuf_inc", "recvbuf_max", "sendspace", "tso", "soreceive_stream", "per_cpu_timers", "lro.entries",
        "initcwnd_segments", "abc_l_var", "do_tcpdrain", "syncookies",
        "syncache.rexmtlimit", "syncache.rst_on_sock_fail", "syncache.see_other", "hostcache.enable", "hostcache.purgenow", "hostcache.prune", "hostcache.expire", "fast_finwait2_recycle",
        "msl_local", "rfc3042", "rfc3390", "rfc3465", "rfc6675_pipe", "do_lrd", "do_prr_conservative", "sack.revised", "sack.tso", "sack.lrd",
        "tolerate_missing_ts", "ts_offset_per_conn", "newcwv", "maxunacktime", "udp_tunneling_port", "functions_default", "functions_inherit_listen_socket_stack",
        "ack_war_cnt", "ack_war_timewindow", "rexmit_drop_options", "persmax", "persmin", "slowstart_flightsize", "v6mssdflt", "minmss", "icmplim", "random_id",
        "ecn.maxretries", "ecn.generalized", "hz", "bpf.optimize_writers", "rack.misc", "retries", "insecure_vrf",
    ];

    // What cannot be switched here: the values that ask for the opposite, and how it is. A script may ask for them and not depend on them.
    private static readonly Dictionary<string, (string Refused, string Reason)> Fixed = new()
    {
        ["tcp_ecn_fallback"] = ("0", "a path that changes the ECN field is never trusted (RFC 9768, 3.2.2.3)"),
        ["tcp_recovery"] = ("0", "RACK (RFC 8985) is always on"),
        ["tcp_early_retrans"] = ("0", "tail loss probes (RFC 8985) are always sent"),
        ["tcp_dsack"] = ("0", "duplicates are always reported (RFC 2883)"),
        ["tcp_thin_linear_timeouts"] = ("1", "timeouts always double"),
        ["tcp_thin_dupack"] = ("1", "one duplicate is never enough"),
        ["tcp_shrink_window"] = ("1", "a window that was offered is never taken back"),
        ["tcp_abort_on_overflow"] = ("1", "a full backlog is answered by cookies"),
        ["tcp_syncookies"] = ("2", "cookies are sent when the backlog is full"),
        ["syncookies_only"] = ("1", "cookies are sent when the backlog is full"),
        ["blackhole"] = ("12", "what belongs to nobody is always answered"),
        ["drop_synfin"] = ("1", "a SYN with FIN is taken"),
        ["insecure_rst"] = ("1", "RFC 5961 always holds"),
        ["insecure_syn"] = ("1", "RFC 5961 always holds"),
        ["insecure_ack"] = ("1", "RFC 5961 always holds"),
        ["nolocaltimewait"] = ("1", "TIME-WAIT is always waited out"),
        ["do_prr"] = ("0", "recovery is always in proportion (RFC 9937)"),
    };

    /// <summary>Sets a variable.</summary>
    /// <param name="settings">What it changes.</param>
    /// <param name="name">Its whole name, parts joined by dots.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Why that cannot be; null if it can.</returns>
    public static string? Set(SystemSettings settings, string name, string value)
    {
        string last = ShortNameOf(name);
        string[] words = value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        long number = words.Length > 0 && long.TryParse(words[^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed) ? parsed : -1;
        int count = (int)Math.Clamp(number, 0, int.MaxValue);
        switch (last)
        {
            case "tcp_sack" or "sack.enable":
                settings.Sack = number > 0;
                return null;
            case "tcp_timestamps":
                settings.Timestamps = number > 0;
                return null;
            case "tcp_window_scaling":
                settings.WindowScaling = number > 0;
                return null;
            case "rfc1323" or "rfc7323":
                settings.Timestamps = number is 1 or 3;
                settings.WindowScaling = number is 1 or 2;
                return null;
            case "tcp_ecn" or "ecn.enable":
                return SetEcn(settings, number);
            case "tcp_ecn_option":
                settings.AccurateEcnOption = number > 0;
                return null;
            case "tcp_congestion_control" or "cc.algorithm":
                return SetCongestion(settings, value);
            case "recvspace":
                settings.ReceiveBuffer = Buffer(number);
                return null;
            case "tcp_rmem":
                // The middle of the three values is what a socket begins with; half of it is for Linux's own overhead.
                settings.ReceiveBuffer = words.Length >= 2 && long.TryParse(words[1], CultureInfo.InvariantCulture, out long middle) ? Buffer(middle / 2) : settings.ReceiveBuffer;
                return null;
            case "tcp_wmem":
                // The largest, up to which a socket's buffer grows by itself.
                settings.SendBuffer = number > 0 ? Buffer(number) : settings.SendBuffer;
                return null;
            case "tcp_syn_retries" or "tcp_synack_retries":
                settings.SynRetransmissions = Math.Min(count, 30);
                return null;
            case "tcp_retries2":
                settings.Retransmissions = Math.Min(count, 100);
                return null;
            case "tcp_keepalive_time":
                settings.KeepAliveIdle = Seconds(number);
                return null;
            case "tcp_keepalive_intvl":
                settings.KeepAliveInterval = Seconds(number);
                return null;
            case "tcp_keepalive_probes" or "keepcnt":
                settings.KeepAliveProbes = count;
                return null;
            case "keepinit":
                settings.ConnectTimeout = AtLeastOne(number);
                return null;
            case "keepidle":
                settings.KeepAliveIdle = Milliseconds(number);
                return null;
            case "keepintvl":
                settings.KeepAliveInterval = Milliseconds(number);
                return null;
            case "always_keepalive":
                settings.KeepAlive = number > 0;
                return null;
            case "tcp_fin_timeout":
                settings.FinTimeout = Seconds(number);
                return null;
            case "finwait2_timeout":
                settings.FinTimeout = Milliseconds(number);
                return null;
            case "msl":
                settings.SegmentLifetime = Milliseconds(number);
                return null;
            case "delacktime":
                settings.DelayedAcknowledgment = Milliseconds(number);
                return null;
            case "delayed_ack":
                settings.DelayedAcknowledgment = number == 0 ? TimeSpan.Zero : settings.DelayedAcknowledgment;
                settings.QuickAcknowledgments = number == 0 ? int.MaxValue : settings.QuickAcknowledgments;
                return null;
            case "mssdflt":
                settings.SegmentSize = number is > 0 and <= ushort.MaxValue ? count : settings.SegmentSize;
                return null;
            case "tcp_invalid_ratelimit":
                settings.ChallengeInterval = Milliseconds(number);
                return null;
            case "rexmit_initial":
                settings.InitialTimeout = AtLeastOne(number);
                return null;
            case "rexmit_min":
                settings.MinTimeout = AtLeastOne(number + 200);
                return null;
            case "rexmit_slop":
                settings.MinTimeout = AtLeastOne(number + 30);
                return null;
            case "tcp_rto_min_us":
                settings.MinTimeout = TimeSpan.FromMicroseconds(Math.Clamp(number, 1, 60_000_000));
                return null;
            case "tcp_rto_max_ms":
                settings.MaxTimeout = AtLeastOne(number);
                return null;
            case "tcp_mtu_probing":
                settings.MtuSearch = number > 0;
                return null;
            case "tcp_notsent_lowat":
                settings.UnsentLowWaterMark = number > 0 && number < MaxBuffer ? count : null;
                return null;
            case var _ when Fixed.TryGetValue(last, out (string Refused, string Reason) known):
                settings.Reserve(last, number is >= 0 and <= 9 && known.Refused.Contains((char)('0' + number)) ? $"sysctl {name}={value}: {known.Reason}" : null);
                return null;
            default:
                // Variables of other parts of a system than TCP are none of a connection's business.
                return Harmless.Contains(last) || !IsTcp(name) ? null : $"sysctl {name}: nothing here means the same";
        }
    }

    private static string? SetEcn(SystemSettings settings, long number)
    {
        // 1 asks for ECN of RFC 3168 and 2 answers it, 3 asks for AccECN, 4 and 5 answer it.
        settings.Ecn = number switch { 0 => EcnMode.Off, 1 => EcnMode.RequestClassic, 3 => EcnMode.Request, _ => EcnMode.Answer };
        return null;
    }

    private static string? SetCongestion(SystemSettings settings, string name)
    {
        if (!CongestionNames.TryParse(name, out CongestionAlgorithm algorithm))
        {
            return $"the congestion control '{name}': the machine has cubic, reno and bbr";
        }

        settings.Congestion = algorithm;
        return null;
    }

    private static bool IsTcp(string name) =>
        name.StartsWith("net.inet.tcp", StringComparison.Ordinal) || name.StartsWith("net.ipv4.tcp", StringComparison.Ordinal) || !name.Contains('.', StringComparison.Ordinal);

    private static int Buffer(long bytes) => (int)Math.Clamp(bytes, 1024, MaxBuffer);

    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1_000_000));

    private static TimeSpan Milliseconds(long milliseconds) => TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, 1_000_000_000));

    private static TimeSpan AtLeastOne(long milliseconds) => Milliseconds(Math.Max(1, milliseconds));

    // net.ipv4.tcp_sack → tcp_sack, net.inet.tcp.sack.enable → sack.enable, net.inet.tcp.ecn.enable → ecn.enable.
    private static string ShortNameOf(string name)
    {
        foreach (string prefix in (ReadOnlySpan<string>)["net.inet.tcp.", "net.ipv4.", "net.core.", "net.ipv6.", "net.inet.ip.", "net.inet6.ip6.", "net.inet.", "kern.timecounter.", "kern.ipc.", "kern.", "net."])
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return name[prefix.Length..];
            }
        }

        return name;
    }
}
