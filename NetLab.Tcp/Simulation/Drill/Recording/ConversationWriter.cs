using System.Globalization;
using System.Text;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Wire;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Simulation.Drill.Recording;

/// <summary>
/// Writes a conversation down as a script: the packets as they were, and between them the calls that an application must have
/// made for the machine to send what it sent.
/// </summary>
internal sealed class ConversationWriter
{
    private const int Listening = 3;

    private readonly StringBuilder _text = new();
    private readonly IReadOnlyList<ConversationStep> _steps;
    private readonly bool _anyTime;
    private readonly bool _isActive;
    private readonly int _socket;
    private uint _sentUpTo;
    private uint _writtenUpTo = 1;
    private bool _finSent;
    private bool _isOpen;

    // What has come in order, and what the machine's window says was read of it.
    private uint _receivedUpTo = 1;
    private uint _readUpTo = 1;
    private readonly SortedDictionary<uint, uint> _early = [];

    private ConversationWriter(IReadOnlyList<ConversationStep> steps, bool anyTime)
    {
        _steps = steps;
        _anyTime = anyTime;
        _isActive = steps[0].IsSent;
        _socket = _isActive ? Listening : Listening + 1;
    }

    /// <summary>The script.</summary>
    /// <param name="steps">The conversation.</param>
    /// <param name="lenient">Whether it is run leniently.</param>
    /// <param name="anyTime">Whether the machine may send at any time, as long as the order is kept.</param>
    /// <param name="paces">Whether it spreads what it may send.</param>
    public static string Write(IReadOnlyList<ConversationStep> steps, bool lenient, bool anyTime, bool paces)
    {
        var writer = new ConversationWriter(steps, anyTime);
        writer.WriteOpening(lenient, paces);
        foreach (ConversationStep step in steps)
        {
            if (step.IsSent)
            {
                writer.WriteSent(step);
            }
            else
            {
                writer.WriteArrival(step);
            }
        }

        return writer._text.ToString();
    }

    private void WriteOpening(bool lenient, bool paces)
    {
        Line("// A recorded connection; the machine is the end that " + (_isActive ? "opened it." : "was called."));
        Line("--tolerance_usecs=4000");
        if (lenient)
        {
            Line("// What arrived together was answered together: an option of nlab's own.");
            Line("--lenient");
        }

        bool marks = _steps.Any(s => s.IsSent && s.Segment.Has(SegmentFlags.Syn | SegmentFlags.Ae) || (s.IsSent && s.Segment.Ecn != EcnCodepoint.NotEct));
        if (marks)
        {
            Line("`sysctl -q net.ipv4.tcp_ecn=" + (_isActive ? "3`" : "5`"));
        }

        Line("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3");
        Line("+0 setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0");
        Line(string.Create(CultureInfo.InvariantCulture, $"+0 setsockopt(3, SOL_SOCKET, SO_RCVBUF, [{LargestWindow()}], 4) = 0"));
        if (paces)
        {
            Line("+0 setsockopt(3, SOL_SOCKET, SO_MAX_PACING_RATE, [4294967295], 4) = 0");
        }

        if (_isActive)
        {
            Line("+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)");
            _isOpen = true;
        }
        else
        {
            Line("+0 bind(3, ..., ...) = 0");
            Line("+0 listen(3, 1) = 0");
        }
    }

    private long LargestWindow()
    {
        int shift = _steps.FirstOrDefault(s => s.IsSent && s.Segment.Has(SegmentFlags.Syn))?.Segment.Find(DrillOption.WindowScale)?.Value[0] ?? 0;
        long largest = _steps.Where(s => s.IsSent && !s.Segment.Has(SegmentFlags.Rst)).Max(s => s.Segment.Has(SegmentFlags.Syn) ? s.Segment.Window : (long?)s.Segment.Window << Math.Min(shift, 14)) ?? ushort.MaxValue;
        return Math.Max(largest, 1024);
    }

    private void WriteSent(ConversationStep step)
    {
        EmittedSegment segment = step.Segment;
        bool isNew = unchecked((int)(step.End - _sentUpTo)) > 0;
        if (!segment.Has(SegmentFlags.Syn))
        {
            WriteReads(step);
            if (segment.Has(SegmentFlags.Rst))
            {
                Line($"{Time(step)} setsockopt({_socket}, SOL_SOCKET, SO_LINGER, {{onoff=1, linger=0}}, 8) = 0");
                Line($"+0 close({_socket}) = 0");
            }

            WriteCalls(step, isNew);
        }

        _sentUpTo = isNew ? step.End : _sentUpTo;
        string ecn = segment.Ecn switch { EcnCodepoint.Ect0 => "[ect0] ", EcnCodepoint.Ect1 => "[ect1] ", EcnCodepoint.Ce => "[ce] ", _ => "" };
        string time = _anyTime ? "*" : Time(step);
        Line($"{time} > {ecn}{SegmentNotation.Of(segment)}");
    }

    // A write of everything up to the next segment that says no more is to come (PSH), and the end of the stream with it.
    private void WriteCalls(ConversationStep step, bool isNew)
    {
        bool fin = step.Segment.Has(SegmentFlags.Fin) && !_finSent;
        if (isNew && step.Segment.Length > 0 && unchecked((int)(step.End - _writtenUpTo)) > 0)
        {
            uint end = EndOfWrite(step);
            bool corks = fin || FinishesWithin(end);
            if (corks)
            {
                Line($"{Time(step)} setsockopt({_socket}, SOL_TCP, TCP_CORK, [1], 4) = 0");
            }

            uint length = unchecked(end - _writtenUpTo);
            Line(string.Create(CultureInfo.InvariantCulture, $"{Time(step)} write({_socket}, ..., {length}) = {length}"));
            _writtenUpTo = end;
            if (corks)
            {
                Line($"+0 shutdown({_socket}, SHUT_WR) = 0");
                _finSent = true;
            }
        }

        if (fin && !_finSent)
        {
            Line($"{Time(step)} shutdown({_socket}, SHUT_WR) = 0");
            _finSent = true;
        }
    }

    private uint EndOfWrite(ConversationStep step)
    {
        uint end = step.End;
        foreach (ConversationStep later in _steps.SkipWhile(s => !ReferenceEquals(s, step)))
        {
            if (!later.IsSent || later.Segment.Length == 0 || unchecked((int)(later.End - end)) < 0)
            {
                continue;
            }

            end = later.End;
            if (later.Segment.Has(SegmentFlags.Psh) || later.Segment.Has(SegmentFlags.Fin))
            {
                break;
            }
        }

        return end;
    }

    private bool FinishesWithin(uint end) =>
        !_finSent && _steps.Any(s => s.IsSent && s.Segment.Length > 0 && s.Segment.Has(SegmentFlags.Fin) && s.End == end);

    private void WriteArrival(ConversationStep step)
    {
        EmittedSegment segment = step.Segment;
        string ecn = segment.Ecn switch { EcnCodepoint.Ect0 => "[ect0] ", EcnCodepoint.Ect1 => "[ect1] ", EcnCodepoint.Ce => "[ce] ", _ => "" };
        Line($"{Time(step)} < {ecn}{SegmentNotation.Of(segment)}");
        NoteArrival(step);
        if (!_isOpen && !segment.Has(SegmentFlags.Syn) && segment.Has(SegmentFlags.Ack) && !segment.Has(SegmentFlags.Rst))
        {
            Line("+0 accept(3, ..., ...) = 4");
            _isOpen = true;
        }
    }

    private void NoteArrival(ConversationStep step)
    {
        if (step.Segment.Length == 0)
        {
            return;
        }

        _early[step.Sequence] = Math.Max(step.End, _early.GetValueOrDefault(step.Sequence));
        while (_early.Count > 0 && _early.First() is var first && first.Key <= _receivedUpTo)
        {
            _receivedUpTo = Math.Max(_receivedUpTo, first.Value);
            _early.Remove(first.Key);
        }
    }

    // What was read shows in the window: all, unless the window has shrunk.
    private void WriteReads(ConversationStep step)
    {
        if (_receivedUpTo == _readUpTo || !_isOpen || step.Segment.Window == 0)
        {
            return;
        }

        Line(string.Create(CultureInfo.InvariantCulture, $"{Time(step)} read({_socket}, ..., {_receivedUpTo - _readUpTo}) = {_receivedUpTo - _readUpTo}"));
        _readUpTo = _receivedUpTo;
    }

    private static string Time(ConversationStep step) =>
        string.Create(CultureInfo.InvariantCulture, $"{step.Segment.At.SinceOrigin.TotalSeconds:F6}");

    private void Line(string line) => _text.Append(line).Append('\n');
}
