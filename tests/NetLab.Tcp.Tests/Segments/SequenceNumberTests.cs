using CsCheck;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Tests.Segments;

public sealed class SequenceNumberTests
{
    [Theory]
    [Conformance(1)]
    [InlineData(0L, 0u, 0u)]
    [InlineData(1L, 0u, 1u)]
    [InlineData(0x1_0000_0000L, 0u, 0u)]
    [InlineData(3L, 0xFFFF_FFFEu, 1u)]
    [InlineData(0x7FFF_FFFF_FFFF_FFFFL, 5u, 4u)]
    public void Wrap_keeps_the_low_bits(long offset, uint initial, uint expected) =>
        Assert.Equal(new SequenceNumber(expected), SequenceNumber.Wrap(offset, new SequenceNumber(initial)));

    [Theory]
    [Conformance(1)]
    [InlineData(1u, 0u, 0L, 1L)]
    [InlineData(1u, 0u, 0xFFFF_FFFFL, 0x1_0000_0001L)]
    [InlineData(0xFFFF_FFFFu, 0u, 0x1_0000_0000L, 0xFFFF_FFFFL)]
    [InlineData(0xFFFF_FFFFu, 0u, 0L, -1L)]
    [InlineData(15u, 16u, 0L, -1L)]
    [InlineData(0u, 0x7FFF_FFFFu, 0x1_0000_0000L, 0x8000_0001L)]
    [InlineData(2u, 0xFFFF_FFFEu, 0x7FFF_FFFF_0000_0000L, 0x7FFF_FFFF_0000_0004L)]
    public void Unwrap_takes_the_offset_nearest_to_the_checkpoint(uint number, uint initial, long checkpoint, long expected) =>
        Assert.Equal(expected, new SequenceNumber(number).Unwrap(new SequenceNumber(initial), checkpoint));

    [Fact]
    [Conformance(1, 3)]
    public void Unwrap_undoes_wrap_near_any_checkpoint() =>
        Gen.Select(Gen.Long[0, long.MaxValue / 2], Gen.UInt, Gen.Int).Sample((checkpoint, initial, distance) =>
        {
            var isn = new SequenceNumber(initial);
            long offset = checkpoint + distance;
            return SequenceNumber.Wrap(offset, isn).Unwrap(isn, checkpoint) == offset;
        });

    [Fact]
    [Conformance(2)]
    public void Distance_is_circular() =>
        Gen.Select(Gen.UInt, Gen.Int).Sample((start, distance) =>
        {
            var from = new SequenceNumber(start);
            return from.Add(distance).DistanceFrom(from) == distance;
        });

    [Fact]
    [Conformance(2)]
    public void Exactly_half_the_circle_away_is_behind_from_either_side()
    {
        var zero = new SequenceNumber(0);
        var half = new SequenceNumber(0x8000_0000);
        Assert.Equal(int.MinValue, half.DistanceFrom(zero));
        Assert.Equal(int.MinValue, zero.DistanceFrom(half));
        Assert.Equal(-0x8000_0000L, half.Unwrap(zero, 0));
    }
}
