using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>
/// One measurement at its sender, where that is the server: what it still has to send to its client. It sends nothing before the client has shown
/// that it is where it says, and nothing more when the client is silent: nobody has others flooded.
/// </summary>
internal sealed class DatagramSenderSession : IDatagramSession
{
    /// <summary>A client says that it is there so often.</summary>
    public static readonly TimeSpan AliveEvery = TimeSpan.FromMilliseconds(500);

    // Six signs of life lost in a row.
    private static readonly TimeSpan Silence = 6 * AliveEvery;
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(100);

    // What a turn sends at most, so that the others and the control messages have theirs.
    private const int BatchesATurn = 4;

    private readonly PerfSettings _settings;
    private readonly IProbeFlow[] _warmUp;
    private readonly IProbeFlow[] _measured;
    private readonly long _each;
    private ProcessorTime? _processor;
    private Instant _startedAt = Instant.Never;
    private Instant _measuredFrom = Instant.Never;
    private Instant _reportAt;
    private bool _stopped;

    /// <param name="id">Its number.</param>
    /// <param name="from">Its client.</param>
    /// <param name="hello">What the client said of it.</param>
    /// <param name="settings">What is to be sent.</param>
    /// <param name="port">Sends.</param>
    public DatagramSenderSession(ulong id, DatagramAddress from, PerfHello hello, PerfSettings settings, IDatagramPort port)
    {
        (Id, From, _settings) = (id, from, settings);
        Streams = hello.Streams;
        _warmUp = Open(0);
        _measured = Open(1);
        long whole = settings.SegmentSize * (long)settings.Streams;
        _each = settings.Bytes == 0 ? long.MaxValue : (settings.Bytes + whole - 1) / whole;

        IProbeFlow[] Open(uint which) => [.. Enumerable.Range(0, settings.Streams).Select(i => port.Open(
            (hello.FirstFlow & ~1u) + (2 * (uint)i) + which, from, settings.SegmentSize, settings.Rate == 0 ? 0 : Math.Max(1, settings.Rate / settings.Streams)))];
    }

    public ulong Id { get; }

    public DatagramAddress From { get; }

    public int Streams { get; }

    /// <summary>What the client has to bring before anything is sent.</summary>
    public ulong Token { get; } = (ulong)Random.Shared.NextInt64();

    public Instant LastHeard { get; set; }

    public bool IsOver { get; set; }

    /// <summary>What was sent; null while it is being sent.</summary>
    public PerfSenderReport? Report { get; private set; }

    /// <summary>How long until it has something to do.</summary>
    public TimeSpan Wait(Instant now)
    {
        if (_startedAt == Instant.Never || IsOver)
        {
            return TimeSpan.MaxValue;
        }

        if (Report is not null)
        {
            return _reportAt > now ? _reportAt - now : TimeSpan.Zero;
        }

        TimeSpan least = TimeSpan.MaxValue;
        foreach (IProbeFlow flow in _measuredFrom == Instant.Never ? _warmUp : _measured)
        {
            TimeSpan wait = flow.Sent < _each ? flow.Wait : TimeSpan.MaxValue;
            least = wait < least ? wait : least;
        }

        return least;
    }

    /// <summary>The client has been heard.</summary>
    /// <param name="message">What it said.</param>
    /// <param name="now">When.</param>
    public void Hear(PerfMessage message, Instant now)
    {
        LastHeard = now;
        IsOver |= message.Bye;
        _stopped |= message.Stop;
        if (message.Start == Token && _startedAt == Instant.Never)
        {
            _startedAt = now;
        }
    }

    /// <summary>Sends what is due.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="say">Says something to the client.</param>
    public void Turn(Instant now, Action<PerfMessage> say)
    {
        if (_startedAt == Instant.Never || IsOver)
        {
            return;
        }

        if (now - LastHeard > Silence)
        {
            // Whoever does not say that it is there is sent nothing, not even the report.
            IsOver = true;
        }
        else if (Report is { } report)
        {
            if (now >= _reportAt)
            {
                _reportAt = now + ReportEvery;
                say(new PerfMessage { Sent = report });
            }
        }
        else if (_measuredFrom == Instant.Never && now - _startedAt < _settings.WarmUp && !_stopped)
        {
            Send(_warmUp, long.MaxValue);
        }
        else
        {
            if (_measuredFrom == Instant.Never)
            {
                (_measuredFrom, _processor) = (now, new ProcessorTime());
            }

            if (_stopped || (_settings.Bytes == 0 && now - _measuredFrom >= _settings.Time) || !Send(_measured, _each))
            {
                End(now);
            }
        }
    }

    private static bool Send(IProbeFlow[] flows, long each)
    {
        bool more = false;
        foreach (IProbeFlow flow in flows)
        {
            for (int i = 0; i < BatchesATurn && flow.Sent < each && flow.Wait <= TimeSpan.Zero; i++)
            {
                if (!flow.TrySend((int)Math.Min(int.MaxValue, each - flow.Sent)))
                {
                    break;
                }
            }

            more |= flow.Sent < each;
        }

        return more;
    }

    private void End(Instant now)
    {
        long packets = _measured.Sum(flow => flow.Sent);
        var sum = new PerfSent((now - _measuredFrom).TotalSeconds, packets * _settings.SegmentSize, packets);
        Report = new PerfSenderReport(sum, _processor!.Percent) { Flows = [.. _measured.Select(flow => flow.Sent)] };
        _reportAt = now;
    }
}
