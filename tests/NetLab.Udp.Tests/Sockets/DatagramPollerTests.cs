using System.Diagnostics;
using System.Net;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Sockets;

/// <summary>Waiting for sockets, for a time and for other threads.</summary>
public sealed class DatagramPollerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wake_ends_the_wait_that_is_under_way_and_the_next_one(bool byDatagram)
    {
        using var poller = new DatagramPoller(byDatagram ? new DatagramWaker() : Waker.Create());
        Task waiting = Task.Run(() => poller.Wait(Timeout.InfiniteTimeSpan, []));
        poller.Wake();
        await waiting.WaitAsync(Patience);
        poller.Wake();
        poller.Wake();
        poller.Wait(Timeout.InfiniteTimeSpan, []);

        // Both wakes were one: nothing is left of them.
        long started = Stopwatch.GetTimestamp();
        poller.Wait(TimeSpan.FromMilliseconds(20), []);
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromMilliseconds(10));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pause_is_ended_by_a_wake_and_by_nothing_that_comes(bool byDatagram)
    {
        using DatagramSocket socket = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var poller = new DatagramPoller(byDatagram ? new DatagramWaker() : Waker.Create());
        poller.Add(socket);
        socket.TrySend([1], 1, DatagramAddress.From(socket.LocalEndPoint), out _);
        long started = Stopwatch.GetTimestamp();
        poller.Pause(TimeSpan.FromMilliseconds(20));
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromMilliseconds(10));
        Task pausing = Task.Run(() => poller.Pause(TimeSpan.FromMinutes(10)));
        poller.Wake();
        await pausing.WaitAsync(Patience);
        var readable = new List<DatagramSocket>();
        poller.Wait(Patience, readable);
        Assert.Equal([socket], readable);
    }

    [LinuxFact]
    public void A_wake_up_that_the_system_does_not_carry_is_not_the_last()
    {
        var waker = new StubbornWaker();
        using var poller = new DatagramPoller(waker);
        poller.Wake();
        poller.Wake();
        Assert.Equal(2, waker.Attempts);
        waker.Fails = false;
        poller.Wake();
        poller.Wait(Timeout.InfiniteTimeSpan, []);
        poller.Wake();
        poller.Wait(Timeout.InfiniteTimeSpan, []);
        Assert.Equal(4, waker.Attempts);
    }

    [Fact]
    public void Waking_a_poller_that_has_ended_harms_nobody()
    {
        var poller = new DatagramPoller();
        poller.Dispose();
        poller.Wake();
        var other = new DatagramPoller(new DatagramWaker());
        other.Dispose();
        other.Wake();
    }

    [Fact]
    public void A_socket_with_something_to_read_ends_the_wait_and_is_named()
    {
        using DatagramSocket socket = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using DatagramSocket other = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var poller = new DatagramPoller();
        poller.Add(socket);
        poller.Add(other);
        other.TrySend([1], 1, DatagramAddress.From(socket.LocalEndPoint), out _);
        List<DatagramSocket> readable = [];
        poller.Wait(Patience, readable);
        Assert.Equal([socket], readable);
    }

    private sealed class StubbornWaker : Waker
    {
        private readonly EventWaker _waker = EventWaker.TryCreate()!;

        public bool Fails { get; set; } = true;

        public int Attempts { get; private set; }

        public override int Descriptor => _waker.Descriptor;

        public override bool TryWake()
        {
            Attempts++;
            return !Fails && _waker.TryWake();
        }

        public override void Drain() => _waker.Drain();

        public override void Dispose() => _waker.Dispose();
    }
}
