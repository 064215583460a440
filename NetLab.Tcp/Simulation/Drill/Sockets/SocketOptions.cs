using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill.Sockets;

/// <summary>The options of sockets: what each means for this machine.</summary>
internal static class SocketOptions
{
    // What changes nothing of what a connection sends here, or is only kept to be read again.
    private static readonly HashSet<string> Remembered =
    [
        "SO_REUSEADDR", "SO_REUSEPORT", "SO_REUSEPORT_LB", "SO_DEBUG", "SO_DONTROUTE", "SO_BROADCAST", "SO_PRIORITY", "SO_MARK", "SO_BUSY_POLL",
        "SO_NOSIGPIPE", "SO_TYPE", "SO_PROTOCOL", "SO_DOMAIN", "IP_TTL", "IPV6_V6ONLY", "IP_MTU_DISCOVER", "IPV6_MTU_DISCOVER",
        "IP_FREEBIND", "IP_BIND_ADDRESS_NO_PORT", "TCP_FUNCTION_BLK", "TCP_LOG", "TCP_LOGBUF",
        "IPV6_UNICAST_HOPS", "TCP_INQ", "SO_ZEROCOPY", "SO_OOBINLINE",
        "IP_TOS", "IPV6_TCLASS", "IP_RECVERR", "IPV6_RECVERR", "SO_USER_COOKIE", "SO_TIMESTAMP", "SO_TIMESTAMPNS",
    ];

    /// <summary>setsockopt.</summary>
    public static CallResult Set(SocketTable table, DrillCall call, int line)
    {
        if (table.Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        string name = CallArguments.Text(call, 2);
        DrillArgument? value = call.Arguments.Count > 3 ? call.Arguments[3] : null;
        if (name == "SO_LINGER")
        {
            (long on, long seconds) = value is StructArgument linger
                ? (CallArguments.NumberOf(linger["onoff"] ?? linger["l_onoff"]) ?? 0, CallArguments.NumberOf(linger["linger"] ?? linger["l_linger"]) ?? 0)
                : (0, 0);
            socket.Linger = on != 0 ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 100_000)) : null;
            return CallResult.Done();
        }

        if (name is "SO_RCVTIMEO" or "SO_SNDTIMEO")
        {
            TimeSpan? limit = CallArguments.DurationOf(value) is { Ticks: > 0 } some ? some : null;
            (socket.ReceiveTimeout, socket.SendTimeout) = name == "SO_RCVTIMEO" ? (limit, socket.SendTimeout) : (socket.ReceiveTimeout, limit);
            return CallResult.Done();
        }

        if (name is "TCP_CORK" or "TCP_NOPUSH")
        {
            socket.IsCorked = CallArguments.NumberOf(value) is not (null or 0);
            socket.Remembered[name] = socket.IsCorked ? 1 : 0;
            if (socket.Stream is { } stream)
            {
                stream.IsCorked = socket.IsCorked;
                stream.Write(0);
                table.Machine.Flush();
            }

            return CallResult.Done();
        }

        if (Apply(socket.Settings, name, value, line) is { } settings)
        {
            if (name == "TCP_NODELAY" && socket.Stream is { } open)
            {
                // As Linux has it, this sends what a cork or MSG_MORE holds back.
                open.Do(c => c.Nagle = settings.NoDelay != true);
                open.Show();
                table.Machine.Flush();
            }
            else if (socket.Stream?.Connection is not null && settings != socket.Settings && name != "SO_RCVLOWAT" && !IsForeseen(name))
            {
                throw new DrillUnsupportedException(line, $"{name} of a connection that is there: the machine's options are chosen before");
            }

            socket.Settings = settings;
        }

        socket.Remembered[name] = CallArguments.NumberOf(value) ?? 0;
        return CallResult.Done();
    }

    /// <summary>getsockopt.</summary>
    public static CallResult Get(SocketTable table, DrillCall call, int line)
    {
        if (table.Find(call, line) is not { } socket)
        {
            return CallResult.Failed("EBADF");
        }

        string name = CallArguments.Text(call, 2);
        DrillArgument? expected = call.Arguments.Count > 3 ? call.Arguments[3] : null;
        switch (name)
        {
            case "SO_ERROR":
                string error = socket.TakeError() ?? "0";
                string wanted = CallArguments.TextOf(expected);
                return wanted.Length == 0 || wanted == error ? CallResult.Done() : CallResult.Failed($"SO_ERROR is {error}, not {wanted}");
            case "TCP_INFO" or "TCP_CC_INFO":
                return CallResult.Done();
            case "TCP_MAXSEG":
                return Compare(name, socket.Stream?.Connection?.Metrics.SegmentSize ?? socket.Settings.SegmentSize ?? table.System.SegmentSize, expected);
            case "SO_ACCEPTCONN":
                return Compare(name, socket.IsListening ? 1 : 0, expected);
            case "TCP_KEEPIDLE":
                return Compare(name, (long)(socket.Settings.KeepAliveIdle ?? table.System.KeepAliveIdle).TotalSeconds, expected);
            case "TCP_KEEPINTVL":
                return Compare(name, (long)(socket.Settings.KeepAliveInterval ?? table.System.KeepAliveInterval).TotalSeconds, expected);
            case "TCP_KEEPCNT":
                return Compare(name, socket.Settings.KeepAliveProbes ?? table.System.KeepAliveProbes, expected);
            case "TCP_KEEPINIT":
                return Compare(name, (long)(socket.Settings.ConnectTimeout ?? table.System.ConnectTimeout ?? SystemSettings.DefaultConnectTimeout).TotalSeconds, expected);
            case "TCP_NODELAY":
                return Compare(name, socket.Settings.NoDelay == true ? 1 : 0, expected);
            case "SO_KEEPALIVE":
                return Compare(name, socket.Settings.KeepAlive == true ? 1 : 0, expected);
            case "TCP_USER_TIMEOUT":
                return Compare(name, (long)(socket.Settings.UserTimeout ?? TimeSpan.Zero).TotalMilliseconds, expected);
            case "TCP_SYNCNT" when (socket.Settings.SynRetransmissions ?? table.System.SynRetransmissions) is { } retries:
                return Compare(name, retries, expected);
            case "TCP_CORK" or "TCP_NOPUSH":
                return Compare(name, socket.IsCorked ? 1 : 0, expected);
            case "SO_RCVLOWAT":
                return Compare(name, socket.Settings.ReceiveLowWaterMark ?? 1, expected);
            case "TCP_CONGESTION" or "SO_RCVBUF" or "SO_SNDBUF" or "SO_LINGER" or "SO_RCVTIMEO" or "SO_SNDTIMEO":
                return CallResult.Done();
            default:
                return socket.Remembered.TryGetValue(name, out long known) ? Compare(name, known, expected)
                    : throw new DrillUnsupportedException(line, $"getsockopt of {name}: the machine has nothing to say of it");
        }
    }

    /// <summary>What a setting becomes; null if the option sets nothing of the machine.</summary>
    public static SocketSettings? Apply(SocketSettings settings, string name, DrillArgument? value, int line)
    {
        long? number = CallArguments.NumberOf(value);
        long count = Math.Clamp(number ?? 0, 0, int.MaxValue);
        switch (name)
        {
            case "TCP_NODELAY":
                return settings with { NoDelay = number is not (null or 0) };
            case "TCP_MAXSEG":
                return settings with { SegmentSize = (int)Math.Clamp(count, ConnectionOptions.SmallestSegmentSize, ConnectionOptions.LargestSegmentSize) };
            case "SO_RCVBUF" or "SO_RCVBUFFORCE":
                return settings with { ReceiveBuffer = (int)Math.Clamp(count, 1024, 1 << 30) };
            case "SO_SNDBUF" or "SO_SNDBUFFORCE":
                return settings with { SendBuffer = (int)Math.Clamp(count, 1024, 1 << 30) };
            case "TCP_CONGESTION":
                return CongestionNames.TryParse(CallArguments.TextOf(value), out CongestionAlgorithm algorithm) ? settings with { Congestion = algorithm }
                    : throw new DrillUnsupportedException(line, $"the congestion control '{CallArguments.TextOf(value)}': the machine has cubic, reno and bbr");
            case "TCP_USER_TIMEOUT":
                return settings with { UserTimeout = count == 0 ? null : TimeSpan.FromMilliseconds(count) };
            case "TCP_MAXUNACKTIME":
                return settings with { UserTimeout = count == 0 ? null : Seconds(count) };
            case "SO_KEEPALIVE":
                return settings with { KeepAlive = count != 0 };
            case "TCP_KEEPINIT":
                return settings with { ConnectTimeout = Seconds(count) };
            case "TCP_NOOPT":
                return settings with { NoOptions = count != 0 };
            case "TCP_KEEPIDLE":
                return settings with { KeepAliveIdle = Seconds(count) };
            case "TCP_KEEPINTVL":
                return settings with { KeepAliveInterval = Seconds(count) };
            case "TCP_KEEPCNT":
                return settings with { KeepAliveProbes = (int)count };
            case "TCP_SYNCNT":
                return settings with { SynRetransmissions = (int)Math.Min(count, 30) };
            case "TCP_LINGER2":
                return settings with { FinTimeout = Seconds(count) };
            case "TCP_NOTSENT_LOWAT":
                return settings with { UnsentLowWaterMark = count is > 0 and < 1 << 20 ? (int)count : null };
            case "SO_MAX_PACING_RATE":
                return number is uint.MaxValue or -1 ? settings with { Pacing = true }
                    : throw new DrillUnsupportedException(line, "SO_MAX_PACING_RATE: the machine paces by its window, and by no rate that is set");
            case "TCP_RTO_MAX_MS":
                return settings with { MaxTimeout = TimeSpan.FromMilliseconds(Math.Clamp(count, 1, 86_400_000)) };
            case "TCP_RTO_MIN_US":
                return settings with { MinTimeout = TimeSpan.FromMicroseconds(Math.Clamp(count, 1, 60_000_000)) };
            case "TCP_DELACK_MAX_US":
                return settings with { DelayedAcknowledgment = TimeSpan.FromMicroseconds(Math.Clamp(count, 1, 500_000)) };
            case "TCP_WINDOW_CLAMP":
                return settings with { WindowClamp = count == 0 ? null : (int)Math.Clamp(count, 1024, 1 << 30) };
            case "SO_RCVLOWAT":
                return settings with { ReceiveLowWaterMark = (int)Math.Clamp(count, 1, 1 << 30) };
            case "TCP_QUICKACK":
                return settings with { QuickAcknowledgment = count != 0 };
            case "TCP_CORK" or "TCP_NOPUSH" or "SO_RCVTIMEO" or "SO_SNDTIMEO":
                return null;
            default:
                return Remembered.Contains(name) ? null : throw new DrillUnsupportedException(line, $"the socket option {name}: nothing here means the same");
        }
    }

    // Set on a socket that accept returned, they hold from the connection's beginning: the script says so soon enough.
    private static bool IsForeseen(string name) => ScriptForesight.Options.Contains(name);

    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1_000_000));

    private static CallResult Compare(string name, long value, DrillArgument? expected) =>
        CallArguments.NumberOf(expected) is { } wanted && wanted != value ? CallResult.Failed($"{name} is {value}, not {wanted}") : CallResult.Done();
}
