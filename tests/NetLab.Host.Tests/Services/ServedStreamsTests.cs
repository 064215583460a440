using NetLab.Host.Services;

namespace NetLab.Host.Tests.Services;

/// <summary>Which streams make room for others.</summary>
public sealed class ServedStreamsTests
{
    private readonly HandClock _clock = new();
    private readonly ServedStreams _streams = new();

    [Fact]
    public void Who_has_gone_on_is_kept_over_a_short_silence()
    {
        ServedStream known = Add();
        for (int i = 0; i < 200; i++)
        {
            _clock.Now += 20;
            known.Count(10);
        }

        // It says nothing for a while; of those that come meanwhile, none ever says anything.
        for (int i = 0; i < 200; i++)
        {
            _clock.Now += 25;
            Add();
        }

        for (int i = 0; i < 150; i++)
        {
            Assert.NotSame(known, _streams.RemoveIdle());
        }

        Assert.Equal(51, _streams.Count);
    }

    [Fact]
    public void Nobody_is_kept_for_ever()
    {
        ServedStream known = Add();
        for (int i = 0; i < 10_000; i++)
        {
            known.Count(10);
        }

        _clock.Now += 3_600_000;
        ServedStream silent = Add();
        _clock.Now += 30_000;
        Assert.True(known.Idleness > silent.Idleness);
    }

    [Fact]
    public void None_is_none() => Assert.Null(_streams.RemoveIdle());

    private ServedStream Add()
    {
        var stream = new ServedStream(null!, _clock);
        _streams.Add(stream);
        return stream;
    }

    private sealed class HandClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Now;
    }
}
