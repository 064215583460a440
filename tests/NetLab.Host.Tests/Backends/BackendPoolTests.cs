using NetLab.Host.Backends;
using NetLab.Host.Settings;

namespace NetLab.Host.Tests.Backends;

/// <summary>Which backend gets a connection: by the law of the policy, from fixed seeds, and never one that is out or down.</summary>
public sealed class BackendPoolTests
{
    private const int Many = 10_000;

    [Theory]
    [InlineData("round-robin", 1, 1)]
    [InlineData("least-connections", 1, 1)]
    [InlineData("random,seed=1", 6, 9)]
    [InlineData("random,seed=2", 6, 9)]
    [InlineData("random,seed=3", 6, 9)]
    [InlineData("two-choices,seed=1", 3, 4)]
    [InlineData("two-choices,seed=2", 3, 4)]
    [InlineData("two-choices,seed=3", 3, 4)]
    public void As_many_connections_as_backends_fill_the_fullest_by_the_policys_law(string policy, int least, int most)
    {
        // ln n ÷ ln ln n = 4.1 and more at random (Raab and Steger 1998); ln ln n ÷ ln 2 + O(1) = 3.2 of two choices (Azar et al. 1999).
        BackendPool pool = Pool(policy, policy == "least-connections" ? 1_000 : Many);
        for (int i = 0; i < pool.All.Count; i++)
        {
            pool.Take($"127.0.0.1:{i}", []);
        }

        Assert.InRange(pool.States.Max(s => s.Open), least, most);
        Assert.Equal(pool.All.Count, pool.States.Sum(s => s.Given));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(160)]
    public void The_spread_of_a_ring_is_one_over_the_root_of_its_virtual_nodes(int nodes)
    {
        // Over seeds, as one ring is one throw of its arcs.
        double spread = Enumerable.Range(1, 20).Average(seed =>
        {
            BackendPool pool = Pool($"consistent-hash,nodes={nodes},seed={seed}", 10);
            for (int i = 0; i < 10_000; i++)
            {
                pool.Take($"10.0.{i / 250}.{i % 250}:{40_000 + i}", []);
            }

            double mean = pool.States.Average(s => s.Given);
            return Math.Sqrt(pool.States.Average(s => (s.Given - mean) * (s.Given - mean))) / mean;
        });
        Assert.InRange(spread * Math.Sqrt(nodes), 0.75, 1.25);
    }

    [Fact]
    public void A_backend_that_is_out_moves_its_own_clients_and_no_others()
    {
        BackendPool pool = Pool("consistent-hash,seed=1", 10);
        string[] clients = [.. Enumerable.Range(0, 2_000).Select(i => $"10.0.0.1:{i}")];
        string[] before = [.. clients.Select(c => pool.Take(c, [])!.Name)];
        string lost = pool.All[3].Name;
        pool.SetOut(lost, true);
        string[] after = [.. clients.Select(c => pool.Take(c, [])!.Name)];
        Assert.All(clients.Select((_, i) => i), i => Assert.True(before[i] == lost ? after[i] != lost : after[i] == before[i]));

        // To all others, and not to one neighbour.
        Assert.Equal(9, clients.Select((_, i) => i).Where(i => before[i] == lost).Select(i => after[i]).Distinct().Count());
        pool.SetOut(lost, false);
        Assert.Equal(before, clients.Select(c => pool.Take(c, [])!.Name));
    }

    [Fact]
    public void By_address_a_client_keeps_its_backend_whatever_its_port()
    {
        BackendPool pool = Pool("consistent-hash,key=address,seed=1", 10);
        Assert.Single(Enumerable.Range(0, 100).Select(i => pool.Take($"10.0.0.1:{i}", [])!.Name).Distinct());
        Assert.NotEqual(1, Enumerable.Range(0, 100).Select(i => Pool("consistent-hash,seed=1", 10).Take($"10.0.0.1:{i}", [])!.Name).Distinct().Count());
    }

    [Fact]
    public void A_backend_taken_out_drains()
    {
        var said = new List<string>();
        BackendPool pool = Pool("round-robin", 2, said);
        Backend first = pool.Take("a:1", [])!;
        Assert.Equal("draining", pool.SetOut(first.Name, true)!.State);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.NotSame(first, pool.Take("a:1", [])));
        Assert.Equal(1, pool.States[0].Open);
        pool.Release(first);
        Assert.Equal("out", pool.States[0].State);
        Assert.Equal("in", pool.SetOut(first.Name, false)!.State);
        Assert.Equal([$"{first.Name} draining", $"{first.Name} out", $"{first.Name} in"], said);
        Assert.Null(pool.SetOut("nobody:1", true));
    }

    [Fact]
    public void A_backend_is_down_after_failures_in_a_row_and_up_after_successes_in_a_row()
    {
        BackendPool pool = Pool("round-robin", 2);
        Backend first = pool.All[0];
        pool.Note(first, false);
        pool.Note(first, true);
        pool.Note(first, false);
        Assert.Equal("in", pool.States[0].State);
        pool.Note(first, false);
        Assert.Equal("down", pool.States[0].State);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.NotSame(first, pool.Take("a:1", [])));
        pool.Note(first, true);
        pool.Note(first, false);
        pool.Note(first, true);
        Assert.Equal("down", pool.States[0].State);
        pool.Note(first, true);
        Assert.Equal("in", pool.States[0].State);
    }

    [Fact]
    public void Where_none_is_ready_there_is_none()
    {
        BackendPool pool = Pool("random,seed=1", 2);
        Assert.Null(pool.Take("a:1", [.. pool.All]));
        Assert.All(pool.All, b => pool.SetOut(b.Name, true));
        Assert.Null(pool.Take("a:1", []));
    }

    private static BackendPool Pool(string policy, int count, List<string>? said = null) => new(
        [.. Enumerable.Range(0, count).Select(i => new Backend(LabAddress.Parse($"kernel-tcp://127.0.{i / 10_000}.1:{10_000 + (i % 10_000)}")))],
        BalancingPolicy.Parse(policy), HealthCheck.Parse("down=2,up=2"))
    {
        OnChanged = said is null ? null : (name, state) => said.Add($"{name} {state}"),
    };
}
