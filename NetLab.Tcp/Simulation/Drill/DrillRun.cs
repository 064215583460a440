using System.Buffers;
using System.Globalization;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Assertions;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Sockets;
using NetLab.Tcp.Simulation.Drill.Wire;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation.Drill;

/// <summary>One run of a script: its events in their order, and virtual time between them.</summary>
internal sealed class DrillRun
{
    // Longer than any timer: what has not been sent by then never is.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private const int MaxUnseen = 10;

    private readonly IReadOnlyList<DrillEvent> _events;
    private readonly ScriptOptions _options;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(DatagramSocket.MaxDatagramSize);
    private readonly DrillMachine _machine;
    private readonly SocketTable _sockets;
    private readonly AssertionScope _scope;
    private readonly DrillJournal _journal = new();
    private readonly DrillCommands _commands;
    private (CallEvent Item, Func<CallResult> Try, Instant Due, Instant GivesUpAt)? _pending;

    public DrillRun(IReadOnlyList<DrillEvent> events, ScriptOptions options)
    {
        _events = events;
        _options = options;
        _commands = new DrillCommands(options.System);
        _machine = new DrillMachine(options.InitialSequence, _buffer);
        _sockets = new SocketTable(_machine, options.System, new ScriptForesight(events));
        _scope = new AssertionScope(name => ConnectionInformation.Look(name, _sockets.Current, _machine.Flow, _machine.Now, _sockets.HasListener, options.System.System));
    }

    /// <summary>Runs it to its end or to the first difference.</summary>
    public DrillResult Run()
    {
        try
        {
            DrillDifference? difference = null;
            for (int index = 0; index < _events.Count && difference is null; index++)
            {
                difference = Perform(_events[index], index) ?? Exhausted(_events[index]);
            }

            difference ??= Await();
            if (difference is not null)
            {
                _commands.Check(difference);
                NoteUnseen();
            }

            return new DrillResult
            {
                Outcome = difference is null ? DrillOutcome.Passes : DrillOutcome.Differs,
                Line = difference?.Line ?? 0,
                Message = ScriptScanner.Shorten(difference?.Message ?? "", DrillScript.MaxMessage),
                Expected = difference?.Expected ?? "",
                Actual = difference?.Actual ?? "",
                System = _options.System.System,
                Steps = _journal.Steps,
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    // What the machine sent and the script had not come to: often the reason.
    private void NoteUnseen()
    {
        for (int i = 0; i < MaxUnseen && _machine.TryPeek(out EmittedSegment segment); i++)
        {
            _journal.Add(new DrillStep(0, segment.At, false, SegmentNotation.Of(segment), ""));
            _machine.Take();
        }
    }

    private DrillDifference? Perform(DrillEvent item, int index)
    {
        Instant start = MomentOf(item.Time, item.Time.Start);
        if (item is PacketEvent { Packet: { IsInbound: false } expected })
        {
            return Expect(item, expected, start, MomentOf(item.Time, item.Time.End));
        }

        if (item is CallEvent && Await() is { } unfinished)
        {
            return unfinished;
        }

        if (item.Time.Kind != DrillTimeKind.Any && PassTime(start) is { } difference)
        {
            return difference;
        }

        switch (item)
        {
            case PacketEvent { Packet: var packet }:
                _journal.Add(new DrillStep(item.Line, _machine.Now, true, packet.Text, ""));
                _machine.Inject(packet);
                _sockets.CollectWelcomed();
                return Poll();
            case CallEvent call:
                return Call(call, index) ?? Poll();
            case CommandEvent command:
                return _commands.Perform(command, _machine.States);
            case CodeEvent code:
                return AssertionCheck.Run(AssertionParser.Parse(code.Code, code.Line), _scope) is { } failed
                    ? new DrillDifference(failed.Line, failed.Reason.Length > 0 ? $"the assertion does not hold: {failed.Reason}" : "the assertion does not hold", DrillDifference.OneLine(code.Code), Known(code.Code))
                    : null;
            default:
                return null;
        }
    }

    private Instant MomentOf(DrillTime time, TimeSpan offset) =>
        time.Kind == DrillTimeKind.Absolute ? Instant.FromOrigin(offset) : _machine.Now + offset;

    private DrillDifference? PassTime(Instant until)
    {
        while (_machine.Step(until))
        {
            if (Poll() is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private DrillDifference? Call(CallEvent item, int index)
    {
        Func<CallResult> call = SystemCalls.Begin(_sockets, item, index);
        CallResult result = call();
        if (item.BlocksUntil is { } until)
        {
            Instant due = item.Time.Kind == DrillTimeKind.Absolute ? Instant.FromOrigin(until) : _machine.Now + (until - item.Time.Start);
            if (result.WouldBlock)
            {
                // SO_RCVTIMEO, SO_SNDTIMEO.
                Instant givesUpAt = _sockets.PatienceOf(item.Call, item.Line) is { } patience ? _machine.Now + patience : Instant.Never;
                if (givesUpAt != Instant.Never)
                {
                    _machine.SetAlarm(givesUpAt, () => { });
                }

                _pending = (item, call, due, givesUpAt);
                return null;
            }

            return Returned(item, result, due);
        }

        return Returned(item, result.WouldBlock && result.Error!.Length == 0 ? CallResult.Done() : result, null);
    }

    private DrillDifference? Poll()
    {
        if (_pending is not { } pending)
        {
            return null;
        }

        CallResult result = pending.Try();
        if (result.WouldBlock && _machine.Now >= pending.GivesUpAt)
        {
            result = result.Value > 0 ? CallResult.Done(result.Value) : CallResult.Failed(pending.Item.Call.Name == "connect" ? "EINPROGRESS" : "EAGAIN");
        }

        if (result.WouldBlock)
        {
            return _machine.Now > pending.Due + _options.Tolerance
                ? new DrillDifference(pending.Item.Line, $"{pending.Item.Call.Name}() still waits at {Seconds(_machine.Now)}", pending.Item.Call.Text, "")
                : null;
        }

        _pending = null;
        return Returned(pending.Item, result, pending.Due);
    }

    // A call that is under way ends before the next is made.
    private DrillDifference? Await()
    {
        while (_pending is { } pending)
        {
            Instant limit = pending.Due + _options.Tolerance;
            bool any = _machine.Step(Instant.Min(limit, Instant.Max(_machine.NextTimeout, _machine.Now)));
            if (Poll() is { } difference)
            {
                return difference;
            }

            if (_pending is not null && !any && _machine.Now >= limit)
            {
                // A call that waits for a time of its own, such as poll, is over with it.
                if (pending.Item.Call is { Name: "poll" or "epoll_wait", Returns: 0 })
                {
                    _pending = null;
                    return null;
                }

                return new DrillDifference(pending.Item.Line, $"{pending.Item.Call.Name}() still waits at {Seconds(_machine.Now)}", pending.Item.Call.Text, "");
            }

            if (_machine.IsExhausted)
            {
                return Exhausted(pending.Item);
            }
        }

        return null;
    }

    private DrillDifference? Returned(CallEvent item, CallResult result, Instant? due)
    {
        DrillCall call = item.Call;
        string actual = result.Error is { } error && result.Value < 0 ? (error.Contains(' ', StringComparison.Ordinal) ? error : $"-1 {error}") : result.Value.ToString(CultureInfo.InvariantCulture);
        bool sameValue = call.Returns is null || call.Returns == result.Value;
        bool sameError = call.Error is null || call.Returns is null || AreSame(call.Error, result.Error);
        if (!sameValue || !sameError || (result.Error?.Contains(' ', StringComparison.Ordinal) ?? false))
        {
            return new DrillDifference(item.Line, $"{call.Name}() returned {actual}", call.Text, actual);
        }

        return due is { } moment && (_machine.Now - moment).Duration() > _options.Tolerance
            ? new DrillDifference(item.Line, $"{call.Name}() returned at {Seconds(_machine.Now)} instead of {Seconds(moment)}", call.Text, actual)
            : null;
    }

    private static bool AreSame(string expected, string? actual) =>
        expected == actual || (expected is "EAGAIN" or "EWOULDBLOCK" && actual is "EAGAIN" or "EWOULDBLOCK");

    private DrillDifference? Expect(DrillEvent item, DrillPacket packet, Instant start, Instant end)
    {
        bool anyTime = item.Time.Kind == DrillTimeKind.Any;
        Instant limit = anyTime ? _machine.Now + LongestWait : end + _options.Tolerance;
        DrillPacket rest = packet;
        while (true)
        {
            while (!_machine.TryPeek(out _))
            {
                if (_machine.NextTimeout > limit || !_machine.Step(limit))
                {
                    return Missing(item, rest, end, anyTime);
                }

                if (Poll() is { } difference)
                {
                    return difference;
                }
            }

            _machine.TryPeek(out EmittedSegment sent);
            if (_options.Lenient && IsExtraAcknowledgment(rest, sent))
            {
                _journal.Add(new DrillStep(0, sent.At, false, SegmentNotation.Of(sent), ""));
                _machine.Take();
                continue;
            }

            if (Compare(rest, sent, out int taken) is { } reason || (reason = anyTime ? null : TimeDifference(rest, sent, start, end)) is not null)
            {
                string text = SegmentNotation.Of(sent);
                _journal.Add(new DrillStep(item.Line, sent.At, false, text, $"{reason}; expected: {rest.Text}"));
                _machine.Take();
                return new DrillDifference(item.Line, reason, rest.Text, text);
            }

            _journal.Add(new DrillStep(item.Line, sent.At, false, SegmentNotation.Of(sent), ""));
            NoteTimestamps(packet, sent);
            if (taken < sent.Length)
            {
                _machine.TakeFirst(taken);
                return null;
            }

            _machine.Take();
            if (taken == rest.Length || (taken > 0 && EndsAtWindow(sent)))
            {
                return null;
            }

            rest = rest with { Sequence = unchecked(rest.Sequence + (uint)taken), Length = rest.Length - taken };
        }
    }

    // How many of the segment's bytes are the ones expected: all, or the first of a longer run that offload would show as one packet.
    private string? Compare(DrillPacket expected, EmittedSegment sent, out int taken)
    {
        taken = Math.Min(sent.Length, expected.Length);
        if (expected.Has(SegmentFlags.Syn) && sent.Has(SegmentFlags.Syn) && expected.Sequence is { } first)
        {
            sent.Flow.OwnOffset = unchecked(sent.Sequence - first);
        }

        bool isPart = taken < expected.Length;
        bool isMore = taken < sent.Length;
        bool ignoresPush = _options.Lenient || isPart || (!sent.Has(SegmentFlags.Psh) && IsFollowed(sent));
        SegmentFlags flags = ~(ignoresPush ? SegmentFlags.Psh : SegmentFlags.None) & ~(isPart || isMore ? SegmentFlags.Fin : SegmentFlags.None);
        if (SegmentComparison.Difference(expected, sent, flags, _options.Lenient) is { } reason)
        {
            return reason;
        }

        bool isFull = expected.Length > PayloadLimit(expected, sent) && sent.Length == PayloadLimit(expected, sent);
        bool mayDiffer = taken > 0 && (_options.Lenient || (isPart && (isFull || EndsAtWindow(sent))));
        return (isPart || isMore) && !mayDiffer && expected.Sequence is not null
            ? string.Create(CultureInfo.InvariantCulture, $"{sent.Length} bytes instead of {expected.Length}")
            : null;
    }

    // RFC 9293, 3.8.6: of old data beyond a window that was taken back, as much may be sent again as a sender likes. One that sends
    // none has sent all of what a script expects there.
    private bool EndsAtWindow(EmittedSegment sent) =>
        _sockets.Current?.Connection is { } connection
        && unchecked(sent.Sequence + (uint)sent.Length - sent.Flow.OwnOffset) == unchecked((uint)(connection.AcknowledgedUpTo + connection.Metrics.SendWindow));

    // RFC 9293, 3.9.1.2 (MUST-61): the last segment of what was written says PSH. Of those before it stacks say it as they like.
    private bool IsFollowed(EmittedSegment sent) =>
        _sockets.Current is { } stream && unchecked((int)((uint)stream.Written + 1 - (sent.Sequence + (uint)sent.Length - sent.Flow.OwnOffset))) > 0;

    private int PayloadLimit(DrillPacket expected, EmittedSegment sent) =>
        _sockets.Current?.Connection?.Metrics.PayloadSize is > 0 and var size ? size : Math.Min(expected.Length, sent.Length);

    private static bool IsExtraAcknowledgment(DrillPacket expected, EmittedSegment sent)
    {
        if (!sent.IsPureAcknowledgment)
        {
            return false;
        }

        bool expectsOne = expected.Length == 0 && (expected.Flags & (SegmentFlags.Syn | SegmentFlags.Fin | SegmentFlags.Rst | SegmentFlags.Ack)) == SegmentFlags.Ack;
        uint acknowledgment = unchecked(sent.Acknowledgment - sent.Flow.PeerOffset);
        return !expectsOne || (expected.Acknowledgment is { } wanted && unchecked((int)(acknowledgment - wanted)) < 0);
    }

    private string? TimeDifference(DrillPacket expected, EmittedSegment sent, Instant start, Instant end)
    {
        bool early = sent.At < new Instant(start.Ticks - _options.Tolerance.Ticks) && !(_options.Lenient && sent.IsPureAcknowledgment && expected.Length == 0);
        bool late = sent.At > end + _options.Tolerance;
        return !early && !late ? null : start == end
            ? $"sent at {Seconds(sent.At)} instead of {Seconds(start)}"
            : $"sent at {Seconds(sent.At)} instead of {Seconds(start)} to {Seconds(end)}";
    }

    private DrillDifference Missing(DrillEvent item, DrillPacket packet, Instant end, bool anyTime)
    {
        string when = anyTime ? "ever" : $"by {Seconds(end)}";
        _journal.Add(new DrillStep(item.Line, anyTime ? _machine.Now : end, false, "(nothing)", $"expected: {packet.Text}"));
        return new DrillDifference(item.Line, $"nothing was sent {when}", packet.Text, "");
    }

    private static void NoteTimestamps(DrillPacket packet, EmittedSegment sent)
    {
        if (packet.Find(DrillOption.Timestamps) is { IsAnyTimestamp: false } expected && sent.Find(DrillOption.Timestamps) is { } found)
        {
            sent.Flow.NoteTimestamp(
                System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(expected.Value), System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(found.Value));
        }
    }

    private DrillDifference? Exhausted(DrillEvent item) =>
        _machine.IsExhausted ? new DrillDifference(item.Line, "the conversation has more segments or timers than a script may ask for", "", "") : null;

    // What the names in an assertion are worth, for the reader.
    private string Known(string code) => string.Join(
        ", ",
        AssertionLexer.Read(code, 1).Where(t => t.Kind == AssertionTokenKind.Name && t.Text.StartsWith("tcpi_", StringComparison.Ordinal)).Select(t => t.Text).Distinct()
            .Select(name => $"{name} = {AssertionValue.Show(_scope.Look(name, 1))}"));

    private static string Seconds(Instant at) => string.Create(CultureInfo.InvariantCulture, $"{at.SinceOrigin.TotalSeconds:F6} s");
}
