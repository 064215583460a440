using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>How large segments are: never larger than agreed on, larger than the base only once a probe has arrived whole, the base again in a black hole.</summary>
public sealed class PathMtuTests
{
    private static readonly Instant Now = Instant.FromOrigin(TimeSpan.FromSeconds(1));

    private readonly SentSegments _sent = new();
    private readonly ConnectionStatistics _statistics = new();
    private readonly PathMtu _mtu;

    public PathMtuTests() => _mtu = new PathMtu(_sent, _statistics, 1460);

    [Fact]
    public void Without_a_search_segments_are_as_agreed_on_less_their_options()
    {
        _mtu.FixedOptionBytes = 12;
        _mtu.Begin(1400, isSearched: false);
        Assert.Equal((1400, 1388, 0), (_mtu.SegmentSize, _mtu.PayloadLimit, _mtu.ProbeLength(Now, 1 << 20, 1 << 20)));
    }

    [Fact]
    public void A_probe_wants_segments_behind_it_and_makes_segments_larger_once_it_arrives()
    {
        _mtu.Begin(9_000, isSearched: true);
        Assert.Equal(MtuSearch.BaseSize, _mtu.SegmentSize);
        int enough = 9_000 + (4 * MtuSearch.BaseSize);
        Assert.Equal((0, 0, 9_000), (_mtu.ProbeLength(Now, enough - 1, enough), _mtu.ProbeLength(Now, enough, enough - 1), _mtu.ProbeLength(Now, enough, enough)));
        SendProbe(9_000);
        Assert.Equal(0, _mtu.ProbeLength(Now, enough, enough));
        _sent.RemoveFirst();
        Assert.True(_mtu.OnDelivered(Now));
        Assert.Equal((9_000, 1L), (_mtu.SegmentSize, _statistics.MtuProbes));
    }

    /// <summary>What a peer takes in parts, for want of room, says nothing of the path.</summary>
    [Fact]
    public void A_probe_that_arrives_in_parts_proves_nothing()
    {
        _mtu.Begin(9_000, isSearched: true);
        SendProbe(9_000);
        _sent.TrimFirst(2_000);
        _sent.RemoveFirst();
        Assert.False(_mtu.OnDelivered(Now));
        Assert.Equal(MtuSearch.BaseSize, _mtu.SegmentSize);
    }

    [Fact]
    public void A_lost_probe_is_no_congestion_and_goes_again_in_pieces()
    {
        _mtu.Begin(9_000, isSearched: true);
        SendProbe(9_000);
        _sent.MarkLost(0, LossCause.Time);
        Assert.Equal(9_000, _mtu.OnLost(Now, out bool isSmaller));
        Assert.False(isSmaller);
        Assert.All(Enumerable.Range(0, _sent.Count), i => Assert.InRange(_sent[i].Length, 1, MtuSearch.BaseSize));
        Assert.Equal(0, _mtu.OnLost(Now, out _));
    }

    [Fact]
    public void Nothing_but_large_losses_are_a_black_hole_and_small_ones_are_congestion()
    {
        _mtu.Begin(9_000, isSearched: true);
        SendProbe(9_000);
        _sent.RemoveFirst();
        Assert.True(_mtu.OnDelivered(Now));
        long next = 9_001;
        for (int i = 0; i < 10; i++)
        {
            // A small one among them each time.
            Send(ref next, 9_000);
            Send(ref next, 100);
            LoseAll();
            Assert.Equal(0, _mtu.OnLost(Now, out bool isHole));
            Assert.False(isHole);
            RemoveAll();
            _mtu.OnDelivered(Now);
        }

        bool[] holes = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            // What is behind it and not missed yet goes the same way.
            Send(ref next, 9_000);
            LoseAll();
            Send(ref next, 9_000);
            _mtu.OnLost(Now, out bool isHole);
            return isHole;
        })];
        Assert.Equal([false, false, true], holes);
        Assert.Equal((MtuSearch.BaseSize, 1L), (_mtu.SegmentSize, _statistics.BlackHoles));
        Assert.All(Enumerable.Range(0, _sent.Count), i => Assert.True(_sent[i].IsLost && _sent[i].Length <= MtuSearch.BaseSize));
    }

    private void SendProbe(int length)
    {
        _sent.Append(new SentSegment { Start = 1, End = 1 + length, Transmissions = 1, InFlight = true, IsMtuProbe = true });
        _mtu.OnProbeSent(1, 1 + length);
    }

    private void Send(ref long next, int length)
    {
        _sent.Append(new SentSegment { Start = next, End = next + length, Transmissions = 1, InFlight = true });
        next += length;
    }

    private void LoseAll()
    {
        for (int i = 0; i < _sent.Count; i++)
        {
            _sent.MarkLost(i, LossCause.Time);
        }
    }

    private void RemoveAll()
    {
        while (_sent.Count > 0)
        {
            _sent.RemoveFirst();
        }
    }
}
