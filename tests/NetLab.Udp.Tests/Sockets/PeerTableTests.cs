using CsCheck;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Tests.Sockets;

public sealed class PeerTableTests
{
    [Fact]
    public void A_flood_of_strangers_does_not_push_out_who_was_met_again()
    {
        var table = new PeerTable<int, string>(16);
        table.Add(-1, "regular", out _);
        Assert.True(table.TryMeet(-1, out _));
        for (int stranger = 0; stranger < 10_000; stranger++)
        {
            bool full = table.Add(stranger, "stranger", out string? displaced);
            Assert.Equal(stranger >= 15, full);
            Assert.True(!full || displaced == "stranger");
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

            // The oracle: strangers and acquaintances, the one met last in front.
            (List<int> strangers, List<int> acquaintances) = ([], []);
            foreach ((int what, int key) in t.steps)
            {
                bool known = strangers.Contains(key) || acquaintances.Contains(key);
                if (what == 0)
                {
                    Assert.Equal(known, table.Remove(key));
                    strangers.Remove(key);
                    acquaintances.Remove(key);
                }
                else if (known)
                {
                    bool wasFirst = acquaintances.Count > 0 && acquaintances[0] == key;
                    Assert.True(table.TryMeet(key, out int value) && value == key);
                    strangers.Remove(key);
                    acquaintances.Remove(key);
                    acquaintances.Insert(0, key);
                    if (!wasFirst && acquaintances.Count > t.capacity / 2 && strangers.Count == 0)
                    {
                        strangers.Insert(0, acquaintances[^1]);
                        acquaintances.RemoveAt(acquaintances.Count - 1);
                    }
                }
                else
                {
                    strangers.Insert(0, key);
                    int? expected = null;
                    if (strangers.Count + acquaintances.Count > t.capacity)
                    {
                        List<int> from = strangers.Count > 1 ? strangers : acquaintances;
                        expected = from[^1];
                        from.RemoveAt(from.Count - 1);
                    }

                    bool displaced = table.Add(key, key, out int who);
                    Assert.Equal(expected, displaced ? who : null);
                }

                Assert.Equal(strangers.Concat(acquaintances).Order(), table.All.Select(p => p.Key).Order());
            }
        });
}
