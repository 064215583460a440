using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>A client that is sent to by a server of measurements: the other way than <see cref="DatagramPerfClient"/>.</summary>
/// <param name="port">Receives; connected to the server; stays the caller's.</param>
/// <param name="to">The server.</param>
/// <param name="plan">What it is to send.</param>
/// <param name="answer">Told when it has answered.</param>
/// <param name="observer">Hears of what arrives.</param>
internal sealed class DatagramPerfReceiver(IDatagramPort port, DatagramAddress to, PerfSettings plan, PeerAnswer answer, IPerfObserver observer)
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly ControlExchange _control = new(port, to, answer);

    /// <summary>Measures.</summary>
    /// <exception cref="IOException">Nobody answers there, the answer is no, or the server has gone.</exception>
    public PerfOutcome Run(CancellationToken cancellationToken)
    {
        var hello = new PerfHello(plan.Streams, plan.SegmentSize, plan.WarmUp.TotalMilliseconds)
        {
            IsOneOfTwo = plan.IsOneOfTwo,
            FirstFlow = (uint)Random.Shared.Next() & ~1u,
            IntervalMs = plan.Interval.TotalMilliseconds,
            Load = PerfLoad.Of(plan),
        };
        var session = new DatagramReceiverSession(_control.Session, to, hello, port.BufferDrops ?? 0, interval => observer.OnInterval(1, interval));
        session.Sink.OnPayload = (in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress from) => _control.Process(header, payload);
        ulong token = _control.Ask(session.Sink, new PerfMessage { Hello = hello }, said => said is { Ready: true, Token: not null }, cancellationToken).Token!.Value;
        PerfSenderReport sent = Receive(session, token, cancellationToken);
        _control.SayGoodbye();
        return new PerfOutcome(sent.Sum, sent.CpuPercent, Whole(session));
    }

    private static PerfReport Whole(DatagramReceiverSession session)
    {
        PerfReport report = session.Report(0);
        var intervals = new List<PerfInterval>(report.Intervals);
        while (intervals.Count < report.IntervalCount)
        {
            intervals.AddRange(session.Report(intervals.Count).Intervals);
        }

        return report with { Intervals = intervals };
    }

    private PerfSenderReport Receive(DatagramReceiverSession session, ulong token, CancellationToken cancellationToken)
    {
        PerfSenderReport? sent = null;
        Instant heardAt = _clock.Now;
        Instant sayAt = Instant.Zero;
        bool flows = false;
        while (true)
        {
            Instant now = _clock.Now;
            if (now >= sayAt)
            {
                // Until something comes the server may not have heard that it may begin.
                _control.Say(new PerfMessage { Start = flows ? null : token, Alive = true, Stop = cancellationToken.IsCancellationRequested });
                sayAt = now + (flows ? DatagramSenderSession.AliveEvery : ControlExchange.Retry);
            }

            port.Receive(session.Sink, Turn);
            now = _clock.Now;
            session.LastHeard = Instant.Zero;
            session.Tick(now, port);
            flows |= session.LastHeard > Instant.Zero;
            heardAt = Instant.Max(heardAt, session.LastHeard);
            switch (_control.TakeLatest())
            {
                case { Refusal: { } why }:
                    throw new IOException($"the server refuses: {why}");
                case { Sent: { Flows: { } counts } report } when counts.Count == plan.Streams && new PerfDone(counts, 0).IsPlausible:
                    (sent, heardAt) = (report, now);
                    break;
            }

            if (sent is not null && session.TryEnd(new PerfDone(sent.Flows, 0), now, port))
            {
                return sent;
            }

            if (session.Sink.WasRefused || now - heardAt > Silence)
            {
                throw new IOException("the server has gone");
            }
        }
    }
}
