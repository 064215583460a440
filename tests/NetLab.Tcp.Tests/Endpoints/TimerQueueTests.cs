using NetLab.Tcp.Connections;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Endpoints;

public sealed class TimerQueueTests
{
    [Fact]
    [Conformance(140)]
    public void Whatever_is_put_forward_and_off_comes_out_in_order_and_the_queue_stays_as_small_as_the_table()
    {
        var random = new Random(1);
        ConnectionEntry[] entries = [.. Enumerable.Range(0, 50).Select(Entry)];
        var queue = new TimerQueue();
        var now = new Instant(0);
        for (int i = 0; i < 20_000; i++)
        {
            ConnectionEntry entry = entries[random.Next(entries.Length)];
            Instant deadline = now + TimeSpan.FromMilliseconds(random.Next(1, 1_000));
            Instant before = entry.ScheduledAt;
            queue.Schedule(entry, deadline);
            Assert.Equal(Instant.Min(before, deadline), entry.ScheduledAt);
            Assert.InRange(queue.Count, 1, (3 * entries.Length) + 64);
            Assert.Equal(entries.Where(e => !e.IsRemoved).Min(e => e.ScheduledAt), queue.Next);
            if (i % 10 == 0)
            {
                now += TimeSpan.FromMilliseconds(50);
                int due = entries.Count(e => !e.IsRemoved && e.ScheduledAt <= now);
                while (queue.TryTake(now, out ConnectionEntry? taken))
                {
                    due--;
                    Assert.Equal(Instant.Never, taken.ScheduledAt);
                }

                Assert.Equal(0, due);
            }
        }
    }

    [Fact]
    [Conformance(140)]
    public void Who_has_left_the_table_is_not_called()
    {
        var queue = new TimerQueue();
        ConnectionEntry gone = Entry(1);
        queue.Schedule(gone, new Instant(1));
        gone.IsRemoved = true;
        Assert.Equal(Instant.Never, queue.Next);
        Assert.False(queue.TryTake(new Instant(2), out _));
    }

    private static ConnectionEntry Entry(int number)
    {
        var identity = new ConnectionIdentity(1, (ushort)(number + 1), new SequenceNumber(1), 0);
        Connection connection = Connection.Open(Instant.Zero, new ConnectionOptions(), new SimulatedStream(), identity);
        return new ConnectionEntry(new ConnectionKey(DatagramAddress.FromIPv4(1, 1), identity.RemotePort, 1), connection);
    }
}
