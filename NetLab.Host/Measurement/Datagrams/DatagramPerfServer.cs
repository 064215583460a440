using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>The receiving half of measurements by datagrams, one at a time.</summary>
internal sealed class DatagramPerfServer(IDatagramPort port, IPerfObserver observer)
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    // A sender that was silent for longer has gone, and another may begin.
    private static readonly TimeSpan Abandoned = TimeSpan.FromSeconds(10);

    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly ControlCodec _codec = new();
    private readonly DatagramSink _idle = new() { Accepts = flow => flow.Number == ControlCodec.Flow };
    private readonly Queue<(PerfMessage Message, DatagramAddress From)> _heard = new();
    private readonly Queue<(ulong Sequence, int Size, DatagramAddress From)> _echoes = new();
    private DatagramReceiverSession? _session;

    /// <summary>Serves until cancelled, or until one measurement is over.</summary>
    public void Run(bool once, CancellationToken cancellationToken)
    {
        _idle.OnPayload = ProcessDatagram;
        while (!cancellationToken.IsCancellationRequested)
        {
            if (_session is { Answers: true } answering)
            {
                port.ReceiveNext(answering.Sink, Turn);
            }
            else
            {
                port.Receive(_session?.Sink ?? _idle, Turn);
            }

            // Not while a batch is being taken: the answer may change the sink.
            while (_heard.TryDequeue(out (PerfMessage Message, DatagramAddress From) heard))
            {
                if (Answer(heard.Message, heard.From) is { } answer)
                {
                    port.Send(_codec.Encode(answer with { Session = heard.Message.Session }), heard.From);
                }
            }

            while (_echoes.TryDequeue(out (ulong Sequence, int Size, DatagramAddress From) echo))
            {
                port.Send(ControlCodec.EncodeEcho(echo.Sequence, echo.Size), echo.From);
            }

            Instant now = _clock.Now;
            _session?.Tick(now, port);
            if (_session is { } session && (session.IsOver || now - session.LastHeard > Abandoned))
            {
                _session = null;
                if (once)
                {
                    return;
                }
            }
        }
    }

    private void ProcessDatagram(in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress from)
    {
        if (header.Flow == ControlCodec.EchoFlow)
        {
            // Only for whom round trips are measured: two servers must never echo each other.
            if (_session is not { Answers: true } session || session.From != from || _echoes.Count >= 64)
            {
                return;
            }

            session.LastHeard = _clock.Now;
            _echoes.Enqueue((header.Sequence, ProbeHeader.Size + payload.Length, from));
            return;
        }

        // Few at a time: a flood of made-up messages must not fill memory.
        if (header.Flow == ControlCodec.Flow && _heard.Count < 64 && ControlCodec.Decode(payload) is { } message)
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

        if (_session is not { } session || session.Id != message.Session || session.From != from)
        {
            return message.Done is null ? null : new PerfMessage { Refusal = "this measurement is not known here" };
        }

        session.LastHeard = now;
        session.IsOver |= message.Bye;
        if (message.Done is not { IsPlausible: true } done || done.Sent!.Count != session.Streams)
        {
            return null;
        }

        if (!session.TryEnd(done, now, port))
        {
            return new PerfMessage { Wait = true };
        }

        PerfReport report = session.Report(done.FromInterval);
        if (!session.IsReported)
        {
            session.IsReported = true;
            observer.OnReceived(report.Received);
        }

        return new PerfMessage { Report = report };
    }

    private PerfMessage Begin(ulong id, PerfHello hello, DatagramAddress from, Instant now)
    {
        if (hello.Streams is < 1 or > PerfSettings.MaxStreams || hello.SegmentSize is < ProbeHeader.Size or > DatagramSocket.MaxDatagramSize)
        {
            return new PerfMessage { Refusal = "the measurement asked for is not possible" };
        }

        if (_session is { } other && other.Id != id && !other.IsOver && now - other.LastHeard < Abandoned)
        {
            return new PerfMessage { Refusal = "busy with another measurement" };
        }

        if (_session?.Id != id)
        {
            _session = new DatagramReceiverSession(id, from, hello, port.BufferDrops ?? 0, observer.OnInterval);
            _session.Sink.OnPayload = ProcessDatagram;
            _session.Answers = hello.Mode == PerfMode.Latency;
        }

        _session.LastHeard = now;
        return new PerfMessage { Ready = true };
    }
}
