using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>Fire-and-forget datagrams from one host to another, evenly at a rate, numbered, and counted where they arrive.</summary>
public sealed class LabDatagrams
{
    private readonly List<(Instant SentAt, Instant At, long Number)> _arrivals = [];
    private readonly HashSet<long> _seen = [];
    private long _latest = -1;

    internal LabDatagrams(VirtualNetwork network, VirtualHost from, VirtualHost to, TimeSpan interval, int size, TimeSpan duration, long numbers)
    {
        byte[] datagram = new byte[size];
        Instant end = network.Now + duration;
        from.OnTimer = () =>
        {
            BitConverter.TryWriteBytes(datagram, Sent++ % numbers);
            BitConverter.TryWriteBytes(datagram.AsSpan(8), network.Now.Ticks);
            from.Send(datagram, to.Address);
            Instant next = network.Now + interval;
            from.Timer = next < end ? next : Instant.Never;
        };
        to.OnReceive = (received, _, _) => Receive(network.Now, received);
        from.Timer = network.Now;
    }

    /// <summary>Datagrams sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Datagrams received, copies counted.</summary>
    public long Received => _arrivals.Count;

    /// <summary>Datagrams received that had been received before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Datagrams sent that never came.</summary>
    public long Missing => Sent - _seen.Count;

    /// <summary>Datagrams that came after one that was sent later (RFC 4737, 3), copies not counted.</summary>
    public long Reordered { get; private set; }

    /// <summary>Each arrival: when it was sent, when it came, its number from 0.</summary>
    public IReadOnlyList<(Instant SentAt, Instant At, long Number)> Arrivals => _arrivals;

    private void Receive(Instant now, ReadOnlySpan<byte> datagram)
    {
        long number = BitConverter.ToInt64(datagram);
        _arrivals.Add((new Instant(BitConverter.ToInt64(datagram[8..])), now, number));
        if (!_seen.Add(number))
        {
            Duplicates++;
        }
        else if (number < _latest)
        {
            Reordered++;
        }

        _latest = Math.Max(_latest, number);
    }
}
