using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>A server of measurements by datagrams: of several clients at once, each with a report of its own. It receives, or sends where it is asked to.</summary>
internal sealed class DatagramPerfServer
{
    // Each session's flows take memory and time: as many as one client may have, twice.
    private const int MostSessions = 32;
    private const int MostStreams = 2 * PerfSettings.MaxStreams;

    // Few at a time: a flood of made-up messages must not fill memory.
    private const int MostWaiting = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Where the send buffer is full: then somebody else has the processor for a moment.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(1);

    // A client that was silent for longer has gone.
    private static readonly TimeSpan Abandoned = TimeSpan.FromSeconds(10);

    private readonly IDatagramPort _port;
    private readonly IPerfObserver _observer;
    private readonly LabTransport _transport;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly ControlCodec _codec = new();
    private readonly DatagramSink _sink;
    private readonly Queue<(PerfMessage Message, DatagramAddress From)> _heard = new();
    private readonly Queue<(ulong Sequence, int Size, DatagramAddress From)> _echoes = new();
    private readonly List<DatagramReceiverSession> _receiving = [];
    private readonly List<DatagramSenderSession> _sending = [];
    private Instant? _servedAt;
    private int _clients;
    private int _halves;

    /// <param name="port">Receives and sends; stays the caller's.</param>
    /// <param name="transport">What it is.</param>
    /// <param name="observer">Hears of what was measured.</param>
    public DatagramPerfServer(IDatagramPort port, LabTransport transport, IPerfObserver observer)
    {
        (_port, _transport, _observer) = (port, transport, observer);
        _sink = new DatagramSink(port.BufferDrops ?? 0)
        {
            Accepts = flow => flow.Number == ControlCodec.Flow || (flow.Number == ControlCodec.EchoFlow && Answering(flow.From) is not null),
            Route = flow => _receiving.Find(session => session.Owns(flow))?.Sink,
            OnPayload = ProcessDatagram,
        };
    }

    /// <summary>Serves until cancelled, or until one client is done, and those that came meanwhile.</summary>
    public void Run(bool once, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && !(once && IsDone()))
        {
            Instant now = _clock.Now;
            TimeSpan patience = Pause;
            foreach (DatagramSenderSession session in _sending)
            {
                session.Turn(now, message => Say(message, session));
                TimeSpan wait = session.Wait(_clock.Now);
                patience = wait < patience ? wait : patience;
            }

            Receive(patience);
            while (_heard.TryDequeue(out (PerfMessage Message, DatagramAddress From) heard))
            {
                if (Answer(heard.Message, heard.From) is { } answer)
                {
                    _port.Send(_codec.Encode(answer with { Session = heard.Message.Session }), heard.From);
                }
            }

            while (_echoes.TryDequeue(out (ulong Sequence, int Size, DatagramAddress From) echo))
            {
                _port.Send(ControlCodec.EncodeEcho(echo.Sequence, echo.Size), echo.From);
            }

            now = _clock.Now;
            _receiving.ForEach(session => session.Tick(now, _port));
            Forget(now);
        }
    }

    // One way may be over before the other has come, which is waited for as long as for a client that is silent.
    private bool IsDone() => _servedAt is { } at && _receiving.Count + _sending.Count == 0 && (_halves % 2 == 0 || _clock.Now - at > Abandoned);

    private void Receive(TimeSpan patience)
    {
        // Who answers answers at once.
        if (_receiving.Exists(session => session.Answers) || patience < Breath)
        {
            _port.ReceiveNext(_sink, patience);
        }
        else
        {
            _port.Receive(_sink, patience);
        }
    }

    private void Forget(Instant now)
    {
        int before = _receiving.Count + _sending.Count;
        _receiving.RemoveAll(IsGone);
        _sending.RemoveAll(IsGone);
        if (_receiving.Count + _sending.Count < before)
        {
            _servedAt = now;
            _sink.Reroute();
        }

        bool IsGone(IDatagramSession session) => session.IsOver || now - session.LastHeard > Abandoned;
    }

    private DatagramReceiverSession? Answering(DatagramAddress from) => _receiving.Find(session => session.Answers && session.From == from);

    private void ProcessDatagram(in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress from)
    {
        if (header.Flow == ControlCodec.EchoFlow)
        {
            // Only for whom round trips are measured: two servers must never echo each other.
            if (_echoes.Count < MostWaiting && Answering(from) is { } session)
            {
                session.LastHeard = _clock.Now;
                _echoes.Enqueue((header.Sequence, ProbeHeader.Size + payload.Length, from));
            }
        }
        else if (header.Flow == ControlCodec.Flow && _heard.Count < MostWaiting && ControlCodec.Decode(payload) is { } message)
        {
            _heard.Enqueue((message, from));
        }
    }

    private PerfMessage? Answer(PerfMessage message, DatagramAddress from)
    {
        Instant now = _clock.Now;
        if (message.Hello is { } hello)
        {
            return Begin(message.Session, hello, from, now);
        }

        if (_sending.Find(session => session.Id == message.Session && session.From == from) is { } sending)
        {
            sending.Hear(message, now);
            return null;
        }

        if (_receiving.Find(session => session.Id == message.Session && session.From == from) is not { } receiving)
        {
            return message.Done is null ? null : new PerfMessage { Refusal = "this measurement is not known here" };
        }

        receiving.LastHeard = now;
        receiving.IsOver |= message.Bye;
        return message.Done is { IsPlausible: true } done && done.Sent!.Count == receiving.Streams ? End(receiving, done, now) : null;
    }

    private PerfMessage End(DatagramReceiverSession session, PerfDone done, Instant now)
    {
        if (!session.TryEnd(done, now, _port))
        {
            return new PerfMessage { Wait = true };
        }

        PerfReport report = session.Report(done.FromInterval);
        if (!session.IsReported)
        {
            session.IsReported = true;
            _observer.OnReceived(session.Client, report.Received);
        }

        return new PerfMessage { Report = report };
    }

    private PerfMessage Begin(ulong id, PerfHello hello, DatagramAddress from, Instant now)
    {
        IEnumerable<IDatagramSession> all = _receiving.Concat<IDatagramSession>(_sending);
        if (all.FirstOrDefault(session => session.Id == id && session.From == from) is { } known)
        {
            known.LastHeard = now;
            return Welcome(known);
        }

        PerfSettings? load = hello.Load?.Settings(_transport, hello);
        if (hello.Streams is < 1 or > PerfSettings.MaxStreams || hello.SegmentSize is < ProbeHeader.Size or > DatagramSocket.MaxDatagramSize || (hello.Load is not null && load is null))
        {
            return new PerfMessage { Refusal = "the measurement asked for is not possible" };
        }

        if (all.Count() >= MostSessions || all.Sum(session => session.Streams) + hello.Streams > MostStreams)
        {
            return new PerfMessage { Refusal = $"busy with as many others as it takes: {MostSessions} clients, {MostStreams} flows" };
        }

        int client = ++_clients;
        _halves += hello.IsOneOfTwo ? 1 : 0;
        _observer.OnClient(client, from.ToIPEndPoint(), hello);
        if (load is not null)
        {
            var sending = new DatagramSenderSession(id, from, hello, load, _port) { LastHeard = now };
            _sending.Add(sending);
            return Welcome(sending);
        }

        var receiving = new DatagramReceiverSession(id, from, hello, _port.BufferDrops ?? 0, interval => _observer.OnInterval(client, interval), () => _sink.Unreadable)
        {
            Client = client,
            LastHeard = now,
            Answers = hello.Mode == PerfMode.Latency,
        };
        _receiving.Add(receiving);
        _sink.Reroute();
        return Welcome(receiving);
    }

    private static PerfMessage Welcome(IDatagramSession session) => new() { Ready = true, Token = (session as DatagramSenderSession)?.Token };

    private void Say(PerfMessage message, IDatagramSession session) => _port.Send(_codec.Encode(message with { Session = session.Id }), session.From);
}
