using NetLab.Host.Tests.Experiments;

namespace NetLab.Host.Tests.Relays;

/// <summary>What a run that was killed has left, the next run removes: whichever that is, so no other may be there.</summary>
[Collection(nameof(RealNetworks))]
public sealed class KilledRunTests
{
    private static int _last;

    private readonly string _name = $"nlt-{Environment.ProcessId}-k{Interlocked.Increment(ref _last)}";

    [TunFact]
    public async Task What_a_link_that_was_killed_has_left_the_next_one_removes()
    {
        using (Nlab killed = Nlab.Start(null, "link", "tun://10.9.1.1/24", "tun://10.9.2.1/24", "--namespaces", $"{_name}-a,{_name}-b"))
        {
            await killed.Listening();
        }

        Assert.Equal([$"{_name}-a", $"{_name}-b"], Left());
        using Nlab next = Nlab.Start(null, "link", "tun://10.9.1.1/24", "tun://10.9.2.1/24", "--namespaces", $"{_name}-c,{_name}-d");
        await next.Listening();
        Assert.Equal([$"{_name}-c", $"{_name}-d"], Left());
        next.Interrupt();
        Nlab.Ended ended = await next.End();
        Assert.Contains($"removed {_name}-a, which a run that was killed had left", ended.Errors, StringComparison.Ordinal);
        Assert.Empty(Left());
    }

    [TunFact]
    public async Task What_up_made_goes_with_it_and_what_a_killed_one_left_with_the_next()
    {
        using (Nlab killed = Nlab.Start(null, "up", "--namespace", _name))
        {
            await killed.Complained("try: ");
            Assert.True(File.Exists($"/run/netns/{_name}"));
            killed.Kill();
        }

        Assert.True(File.Exists($"/run/netns/{_name}"));
        using Nlab next = Nlab.Start(null, "up", "--namespace", $"{_name}-n", "tun://10.9.0.1/24", "tun://10.9.1.1/24", "--mtu", "1280");
        await next.Complained("try: ");
        Assert.Contains($"removed {_name}, which a run that was killed had left", next.ErrorsSoFar(), StringComparison.Ordinal);
        Assert.Contains($"ip -n {_name}-n link set nlab1 mtu 1280", next.ErrorsSoFar(), StringComparison.Ordinal);
        Assert.False(File.Exists($"/run/netns/{_name}"));
        next.Interrupt();
        Nlab.Ended ended = await next.End();
        Assert.Equal(0, ended.ExitCode);
        Assert.EndsWith("down nlab0, nlab1", ended.Errors.Trim(), StringComparison.Ordinal);
        Assert.False(File.Exists($"/run/netns/{_name}-n"));
    }

    private string[] Left() =>
    [
        .. new[] { "/run/netns", "/run/nlab/namespaces" }.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles)
            .Select(f => Path.GetFileName(f)!).Where(n => n.StartsWith(_name + "-", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal),
    ];
}
