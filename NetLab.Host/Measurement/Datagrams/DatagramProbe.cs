using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>Small datagrams there and back at a steady pace, from a socket of their own beside the load.</summary>
/// <param name="port">Sends and receives; connected to the server; stays the caller's.</param>
/// <param name="to">The server.</param>
/// <param name="plan">Whose transport it has.</param>
/// <param name="answer">Told when the server has answered.</param>
internal sealed class DatagramProbe(IDatagramPort port, DatagramAddress to, PerfSettings plan, PeerAnswer answer)
{
    // Those of two seconds at the pace: what has not come back by then is lost.
    private const int MostOutstanding = 400;

    private readonly ControlExchange _control = new(port, to, answer);

    /// <summary>Probes until cancelled; blocks.</summary>
    /// <param name="probe">Says when, and hears what came back.</param>
    /// <param name="ready">Told when it begins.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="IOException">Nobody answers there, the answer is no, or the server has gone.</exception>
    public void Run(PacedProbe probe, Action ready, CancellationToken stop)
    {
        var outstanding = new SortedDictionary<ulong, double>();
        var sink = new DatagramSink
        {
            Accepts = flow => flow.Number is ControlCodec.EchoFlow or ControlCodec.Flow,
            OnPayload = (in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress from) =>
            {
                if (header.Flow == ControlCodec.EchoFlow && outstanding.Remove(header.Sequence, out double at))
                {
                    probe.Record(at, TimeSpan.FromSeconds(probe.Now - at));
                }
                else
                {
                    _control.Process(header, payload);
                }
            },
        };
        var hello = new PerfHello(1, plan.SegmentSize, 0) { Mode = PerfMode.Latency };
        _control.Ask(sink, new PerfMessage { Hello = hello }, said => said.Ready, stop);
        ready();
        for (ulong number = 1; !stop.IsCancellationRequested; number++)
        {
            for (TimeSpan wait = probe.UntilNext; wait > TimeSpan.Zero && !stop.IsCancellationRequested; wait = probe.UntilNext)
            {
                port.ReceiveNext(sink, wait);
            }

            if (sink.WasRefused)
            {
                throw new IOException("the server has gone");
            }

            outstanding[number] = probe.CountSent();
            port.Send(ControlCodec.EncodeEcho(number, Message.Bytes.Length), to);
            if (outstanding.Count > MostOutstanding)
            {
                outstanding.Remove(outstanding.Keys.First());
            }
        }

        _control.SayGoodbye();
    }
}
