using CsCheck;
using NetLab.Tcp.Connections.Receiving;

namespace NetLab.Tcp.Tests.Connections.Receiving;

public sealed class ReassemblerTests
{
    // Each case: pieces as (offset, length) in order of arrival; the stream is bytes 1, 2, 3 … at offsets 1, 2, 3 …
    public static TheoryData<string, (int Offset, int Length)[]> Arrivals => new()
    {
        { "in order", [(1, 3), (4, 3), (7, 4)] },
        { "reversed", [(7, 4), (4, 3), (1, 3)] },
        { "hole, then fill", [(1, 3), (7, 4), (4, 3)] },
        { "duplicate", [(1, 3), (1, 3), (4, 7), (4, 7)] },
        { "contained", [(1, 1), (3, 6), (4, 2), (2, 1), (9, 2)] },
        { "containing", [(5, 2), (3, 6), (1, 10)] },
        { "left overlap", [(5, 4), (3, 4), (1, 2), (9, 2)] },
        { "right overlap", [(3, 4), (5, 4), (1, 2), (9, 2)] },
        { "both overlap", [(5, 2), (9, 2), (4, 7), (1, 3)] },
        { "bridging two ranges", [(3, 2), (8, 3), (5, 3), (1, 2)] },
        { "adjacent join", [(3, 2), (5, 2), (7, 4), (1, 2)] },
        { "bit by bit", [(10, 1), (8, 1), (6, 1), (4, 1), (2, 1), (1, 1), (3, 1), (5, 1), (7, 1), (9, 1)] },
    };

    [Theory]
    [Conformance(4, 7)]
    [MemberData(nameof(Arrivals))]
    public void Whatever_the_order_the_stream_is_the_same(string name, (int Offset, int Length)[] pieces)
    {
        var sink = new Sink();
        var reassembler = new Reassembler();
        foreach ((int offset, int length) in pieces)
        {
            reassembler.Insert(offset, Say.Bytes(length, offset), 1000, sink);
        }

        Assert.True(Say.Bytes(10, 1).SequenceEqual(sink.Bytes), name);
        Assert.Equal(11, reassembler.Next);
        Assert.False(reassembler.HasOutOfOrder);
    }

    [Fact]
    [Conformance(5)]
    public void Bytes_beyond_the_limit_are_not_remembered_and_accepted_later()
    {
        var sink = new Sink();
        var reassembler = new Reassembler();
        reassembler.Insert(1, Say.Bytes(10, 1), limit: 5, sink);
        Assert.Equal(Say.Bytes(4, 1), sink.Bytes);
        reassembler.Insert(8, Say.Bytes(2, 8), limit: 5, sink);
        Assert.Equal(0, reassembler.EarlyBytes);

        // The reader freed room: the same bytes are taken now.
        reassembler.Insert(5, Say.Bytes(6, 5), limit: 20, sink);
        Assert.Equal(Say.Bytes(10, 1), sink.Bytes);
    }

    [Fact]
    [Conformance(8)]
    public void Random_segments_give_what_an_array_of_bytes_would_give() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[0, 30]).List[1, 60].Sample(pieces =>
        {
            // The oracle: an array in which the first copy of each byte stays, and a frontier.
            byte?[] oracle = new byte?[200];
            var sink = new Sink();
            var reassembler = new Reassembler();
            int value = 0;
            foreach ((int offset, int length) in pieces)
            {
                byte[] bytes = Say.Bytes(length, value++ * 7);
                reassembler.Insert(offset, bytes, 80, sink);
                for (int i = 0; i < length && offset + i < 80; i++)
                {
                    oracle[offset + i] ??= bytes[i];
                }
            }

            byte[] expected = [.. oracle.Skip(1).TakeWhile(b => b is not null).Select(b => b!.Value)];
            Assert.Equal(expected, sink.Bytes);
            Assert.Equal(oracle.Count(b => b is not null) - expected.Length, reassembler.EarlyBytes);
        });

    [Fact]
    [Conformance(9)]
    public void The_number_of_holes_is_bounded_and_overflow_loses_only_the_newest()
    {
        var sink = new Sink();
        var reassembler = new Reassembler();
        for (int i = 0; i < Reassembler.MaxRanges + 100; i++)
        {
            reassembler.Insert(2 + (2 * i), [1], long.MaxValue / 2, sink);
        }

        Assert.Equal(Reassembler.MaxRanges, reassembler.EarlyBytes);
        reassembler.Insert(1, [1], long.MaxValue / 2, sink);
        Assert.Equal(2, sink.Bytes.Count);
    }

    private sealed class Sink : IByteSink
    {
        public List<byte> Bytes { get; } = [];

        public void Accept(ReadOnlySpan<byte> bytes) => Bytes.AddRange(bytes);
    }
}
