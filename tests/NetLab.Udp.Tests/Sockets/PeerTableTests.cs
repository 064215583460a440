using CsCheck;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Sockets;

public sealed class PeerTableTests
{
    [Fact]
    public void A_flood_of_new_peers_does_not_push_out_who_was_met_again()
    {
        var table = new PeerTable<int, string>(16);
        table.Add(-1, "regular", out _);
        Assert.True(table.TryMeet(-1, out _));
        for (int peer = 0; peer < 10_000; peer++)
        {
            bool full = table.Add(peer, "new", out string? displaced);
            Assert.Equal(peer >= 15, full);
            Assert.True(!full || displaced == "new");
        }

        Assert.Equal(16, table.Count);
        Assert.True(table.TryGet(-1, out string? regular) && regular == "regular");
    }

    [Fact]
    public void A_newcomer_is_never_turned_away()
    {
        var table = new PeerTable<int, int>(4);
        for (int i = 0; i < 100; i++)
        {
            table.Add(i, i, out _);
            Assert.True(table.TryMeet(i, out int value) && value == i);
        }

        Assert.Equal(4, table.Count);
    }

    [Fact]
    public void It_agrees_with_a_plain_list_whatever_is_done() =>
        Gen.Select(Gen.Int[2, 6], Gen.Select(Gen.Int[0, 2], Gen.Int[0, 9], (what, key) => (what, key)).Array[0, 200], (capacity, steps) => (capacity, steps)).Sample(t =>
        {
            var table = new PeerTable<int, int>(t.capacity);

            // The oracle: peers met once and met again, the one met last in front.
            (List<int> seenOnce, List<int> seenAgain) = ([], []);
            foreach ((int what, int key) in t.steps)
            {
                bool known = seenOnce.Contains(key) || seenAgain.Contains(key);
                if (what == 0)
                {
                    Assert.Equal(known, table.Remove(key));
                    seenOnce.Remove(key);
                    seenAgain.Remove(key);
                }
                else if (known)
                {
                    bool wasFirst = seenAgain.Count > 0 && seenAgain[0] == key;
                    Assert.True(table.TryMeet(key, out int value) && value == key);
                    seenOnce.Remove(key);
                    seenAgain.Remove(key);
                    seenAgain.Insert(0, key);
                    if (!wasFirst && seenAgain.Count > t.capacity / 2 && seenOnce.Count == 0)
                    {
                        seenOnce.Insert(0, seenAgain[^1]);
                        seenAgain.RemoveAt(seenAgain.Count - 1);
                    }
                }
                else
                {
                    seenOnce.Insert(0, key);
                    int? expected = null;
                    if (seenOnce.Count + seenAgain.Count > t.capacity)
                    {
                        List<int> from = seenOnce.Count > 1 ? seenOnce : seenAgain;
                        expected = from[^1];
                        from.RemoveAt(from.Count - 1);
                    }

                    bool displaced = table.Add(key, key, out int who);
                    Assert.Equal(expected, displaced ? who : null);
                }

                Assert.Equal(seenOnce.Concat(seenAgain).Order(), table.All.Select(p => p.Key).Order());
            }
        });
}
