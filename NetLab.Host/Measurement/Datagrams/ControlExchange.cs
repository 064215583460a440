using System.Diagnostics;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>A client's side of what the halves of a measurement by datagrams say to each other. One thread uses it.</summary>
/// <param name="port">Sends; connected to the peer.</param>
/// <param name="to">The peer.</param>
/// <param name="answer">Told when the peer has answered for the first time.</param>
internal sealed class ControlExchange(IDatagramPort port, DatagramAddress to, PeerAnswer answer)
{
    /// <summary>How long an answer is waited for before the same is asked again.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);

    // Of answers that a bad link loses, or that wait behind a second of queue, one comes in such a time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ControlCodec _codec = new();
    private PerfMessage? _latest;

    /// <summary>The measurement's number.</summary>
    public ulong Session { get; } = (ulong)Random.Shared.NextInt64();

    /// <summary>What the peer said last; null if nothing since this was taken.</summary>
    public PerfMessage? TakeLatest()
    {
        PerfMessage? message = _latest;
        _latest = null;
        return message;
    }

    /// <summary>Takes a payload of a control flow.</summary>
    public void Process(in ProbeHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Flow == ControlCodec.Flow && ControlCodec.Decode(payload) is { } message && message.Session == Session)
        {
            _latest = message;
            answer.Note();
        }
    }

    /// <summary>Says something that nobody has to answer.</summary>
    public void Say(PerfMessage message) => port.Send(_codec.Encode(message with { Session = Session }), to);

    /// <summary>Says that it is over. Nobody answers a goodbye; three of them survive most links.</summary>
    public void SayGoodbye()
    {
        for (int i = 0; i < 3; i++)
        {
            Say(new PerfMessage { Bye = true });
        }
    }

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="sink">Receives; its payloads come to <see cref="Process"/>.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="isAnswer">Whether it is answered by a message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Nobody answers there, or the answer is no.</exception>
    public PerfMessage Ask(DatagramSink sink, PerfMessage question, Func<PerfMessage, bool> isAnswer, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < (answer.HasCome ? Patience : PeerAnswer.Patience))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _latest = null;
            Say(question);
            long asked = Stopwatch.GetTimestamp();
            while (_latest is null && Stopwatch.GetElapsedTime(asked) < Retry)
            {
                port.Receive(sink, Retry);
                if (sink.WasRefused)
                {
                    throw new IOException("connection refused: nobody listens there");
                }
            }

            switch (_latest)
            {
                case { Refusal: { } why }:
                    throw new IOException($"the receiver refuses: {why}");
                case { } said when isAnswer(said):
                    return said;
                case not null:
                    // Such as a wait: not at once again.
                    Thread.Sleep(Retry);
                    break;
            }
        }

        throw new IOException(answer.HasCome ? "the receiver did not answer in time" : PeerAnswer.Missing);
    }
}
