using NetLab.Osi.Session;

namespace NetLab.Osi.Tests.Session;

public sealed class StreamMemoryTests
{
    [Fact]
    public void Who_holds_most_gives_up_for_who_asks_and_all_stay_within_the_bound()
    {
        var streams = new List<TcpStream>();
        var memory = new StreamMemory(() => streams);
        for (int i = 0; i < 40; i++)
        {
            streams.Add(new TcpStream(i, default, default, default));
            Assert.True(memory.TryHold(streams[i], 4 << 20));
            Assert.True(streams.Sum(s => s.Held) <= StreamMemory.MaxBytes);
        }

        // A small one among the large keeps what it has.
        var small = new TcpStream(40, default, default, default);
        streams.Add(small);
        Assert.True(memory.TryHold(small, 100));
        for (int i = 41; i < 60; i++)
        {
            streams.Add(new TcpStream(i, default, default, default));
            Assert.True(memory.TryHold(streams[i], 4 << 20));
        }

        Assert.Equal(100, small.Held);
        memory.Release(small, 1000);
        Assert.Equal(0, small.Held);
        Assert.False(memory.TryHold(small, StreamMemory.MaxBytes));
    }
}
