using CsCheck;
using NetLab.Tcp.Connections.Output;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Connections.Output;

/// <summary>A batch is segments of one size and one ECN field, the last perhaps shorter, within the buffer and the count.</summary>
public sealed class TransmitBufferTests
{
    [Fact]
    public void A_batch_is_what_the_kernel_can_cut() =>
        Gen.Select(Gen.Int[1, 4].Select(n => 75 * n), Gen.Int[0, 1], (size, ecn) => (size, ecn)).Array[0, 20].Select(Gen.Int[0, 2_000], Gen.Int[1, 12]).Sample(t =>
        {
            ((int size, int ecn)[] segments, int length, int max) = t;
            var batch = new TransmitBuffer(new byte[length], max);
            var taken = new List<(int Size, EcnCodepoint Ecn)>();
            foreach ((int size, int ecn) in segments)
            {
                int room = batch.RoomFor(size);
                bool accepts = batch.Accepts(size, (EcnCodepoint)ecn);
                Assert.True(!accepts || room > 0);
                if (!accepts)
                {
                    // Every refusal has its reason.
                    Assert.True(
                        taken.Count >= max || taken.Sum(s => s.Size) + size > length
                        || (taken.Count > 0 && (size > taken[0].Size || taken[0].Ecn != (EcnCodepoint)ecn || taken[^1].Size < taken[0].Size)));
                    continue;
                }

                Assert.Equal(size, batch.Append(size, (EcnCodepoint)ecn).Length);
                taken.Add((size, (EcnCodepoint)ecn));
            }

            Assert.Equal(taken.Count == 0, batch.IsEmpty);
            Assert.Equal(taken.Sum(s => s.Size), batch.Result.Bytes);
            Assert.True(taken.Count <= max && taken.Sum(s => s.Size) <= length);
            if (taken.Count > 0)
            {
                Assert.Equal(taken[0], (batch.Result.SegmentSize, batch.Result.Ecn));
                Assert.All(taken.SkipLast(1), s => Assert.Equal(taken[0], s));
                Assert.True(taken[^1].Size <= taken[0].Size);
                Assert.Equal(taken[0].Ecn, taken[^1].Ecn);
            }
        });

    [Fact]
    public void Segments_stand_back_to_back()
    {
        byte[] bytes = new byte[10];
        var batch = new TransmitBuffer(bytes, 10);
        batch.Append(4, default).Fill(1);
        batch.Append(4, default).Fill(2);
        Assert.Equal(0, batch.RoomFor(4));
        batch.Append(2, default).Fill(3);
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2, 3, 3], bytes);
        Assert.True(batch.IsFull);
    }
}
