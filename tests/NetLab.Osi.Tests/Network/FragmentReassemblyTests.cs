using CsCheck;
using NetLab.Osi.Model;
using NetLab.Osi.Network;

namespace NetLab.Osi.Tests.Network;

public sealed class FragmentReassemblyTests
{
    private static readonly FragmentKey Key = new(new AddressNumber(0, 1), new AddressNumber(0, 2), 3, 17);

    [Fact]
    public void Fragments_in_any_order_give_the_datagram() =>
        Gen.Select(Gen.Byte.Array[1, 4000], Gen.Int[1, 50], Gen.Int).Sample((datagram, eights, seed) =>
        {
            int size = eights * 8;
            int[] offsets = [.. Enumerable.Range(0, (datagram.Length + size - 1) / size).Select(i => i * size)];
            new Random(seed).Shuffle(offsets);
            var reassembly = new FragmentReassembly();
            for (int i = 0; i < offsets.Length; i++)
            {
                int end = Math.Min(datagram.Length, offsets[i] + size);
                byte[]? whole = reassembly.Take(Key, datagram.AsSpan(offsets[i]..end), offsets[i], end < datagram.Length, 17, i, out int protocol);
                Assert.Equal(17, protocol);
                if (i == offsets.Length - 1)
                {
                    Assert.Equal(datagram, whole);
                }
                else
                {
                    Assert.Null(whole);
                }
            }
        });

    [Fact]
    public void Where_two_overlap_the_one_that_begins_first_stays()
    {
        var reassembly = new FragmentReassembly();
        Assert.Null(reassembly.Take(Key, [2, 2, 2, 2, 2, 2, 2, 2, 2, 2], 8, false, 17, 0, out _));
        byte[]? whole = reassembly.Take(Key, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 0, true, 17, 1, out _);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2], whole);
    }

    [Fact]
    public void Half_datagrams_are_given_up_when_there_are_too_many_and_when_they_are_too_old()
    {
        var reassembly = new FragmentReassembly();
        for (uint i = 0; i < 100_000; i++)
        {
            Assert.Null(reassembly.Take(new FragmentKey(new AddressNumber(0, 1), new AddressNumber(0, 2), i, 17), new byte[1024], 0, true, 17, i, out _));
        }

        // The first of them went long ago; its other half completes nothing.
        Assert.Null(reassembly.Take(new FragmentKey(new AddressNumber(0, 1), new AddressNumber(0, 2), 0, 17), [1], 1024, false, 17, 0, out _));
        Assert.Null(reassembly.Take(Key, [1, 1, 1, 1, 1, 1, 1, 1], 0, true, 17, 0, out _));
        Assert.Null(reassembly.Take(Key, [2], 8, false, 17, 200_000_000_000, out _));
    }

    [Fact]
    public void Empty_fragments_hold_nothing_and_tiny_ones_cost_what_they_hold()
    {
        var reassembly = new FragmentReassembly();
        long before = GC.GetTotalMemory(true);
        for (uint i = 0; i < 4000; i++)
        {
            for (int j = 1; j < 200; j++)
            {
                reassembly.Take(new FragmentKey(new AddressNumber(0, 1), new AddressNumber(0, 2), i, 17), [], j * 8, true, 17, 0, out _);
                reassembly.Take(new FragmentKey(new AddressNumber(0, 1), new AddressNumber(0, 2), i, 17), [1], j * 8, true, 17, 0, out _);
            }
        }

        long held = GC.GetTotalMemory(true) - before;
        GC.KeepAlive(reassembly);
        Assert.True(held < 2 * FragmentReassembly.MaxBytes, $"{held} bytes are held");
    }

    [Fact]
    public void An_empty_last_fragment_says_where_the_datagram_ends()
    {
        var reassembly = new FragmentReassembly();
        Assert.Null(reassembly.Take(Key, [1, 2, 3, 4, 5, 6, 7, 8], 0, true, 17, 0, out _));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], reassembly.Take(Key, [], 8, false, 17, 0, out _));
    }
}
