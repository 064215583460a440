using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>Asks for the round trip at regular times: a small datagram that the other host sends back.</summary>
public sealed class LabProbe
{
    private readonly List<(Instant At, TimeSpan RoundTrip)> _answers = [];

    internal LabProbe(VirtualNetwork network, VirtualHost from, VirtualHost to, TimeSpan interval, int size)
    {
        byte[] datagram = new byte[size];
        from.OnTimer = () =>
        {
            BitConverter.TryWriteBytes(datagram, network.Now.Ticks);
            Sent++;
            from.Send(datagram, to.Address);
            from.Timer = network.Now + interval;
        };
        from.OnReceive = (answer, _, _) =>
        {
            var sent = new Instant(BitConverter.ToInt64(answer));
            _answers.Add((sent, network.Now - sent));
        };
        to.OnReceive = (question, asker, _) => to.Send(question, asker);
        from.Timer = network.Now;
    }

    /// <summary>Questions asked.</summary>
    public int Sent { get; private set; }

    /// <summary>The answers: when it was asked, and the round trip.</summary>
    public IReadOnlyList<(Instant At, TimeSpan RoundTrip)> Answers => _answers;

    /// <summary>A quantile of the round trips asked for between two moments, in milliseconds; not a number without an answer.</summary>
    /// <param name="share">0 for the least, 0.5 for the median, 1 for the largest.</param>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The last moment.</param>
    public double Quantile(double share, TimeSpan from, TimeSpan to)
    {
        double[] sorted = [.. _answers.Where(a => a.At.SinceOrigin >= from && a.At.SinceOrigin <= to).Select(a => a.RoundTrip.TotalMilliseconds).Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Clamp(share * sorted.Length, 0, sorted.Length - 1)];
    }
}
