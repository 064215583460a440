using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Xunit.Abstractions;

namespace NetLab.Host.Tests.Relays;

/// <summary>
/// Transfers between the kernel's TCP and NetLab's over a link that keeps changing; now and then what made the device is killed. Nothing is damaged, and
/// nothing is left. <c>NETLAB_TUN_SOAK_MINUTES=60</c> goes on for an hour.
/// </summary>
public sealed class TunSoakTests(ITestOutputHelper output)
{
    private static readonly string[] Links =
    [
        "delay=1ms", "delay=5ms,loss=2%", "delay=2ms,jitter=1ms,reorder=3%", "delay=1ms,loss=3%,burst=3", "delay=2ms,duplicate=2%,corrupt=1%",
        "delay=1ms,rate=20M,queue=64K", "loss=100%", "delay=1ms,rate=50M,aqm=fq_codel",
    ];

    [TunFact]
    public async Task Nothing_is_lost_and_nothing_is_left()
    {
        int rounds = 2;
        double minutes = double.TryParse(Environment.GetEnvironmentVariable("NETLAB_TUN_SOAK_MINUTES"), CultureInfo.InvariantCulture, out double said) ? said : 0;
        var random = new Random(5);
        var watch = Stopwatch.StartNew();
        string name;
        TunLab lab = await TunLab.Open("delay=1ms");
        await using (lab)
        {
            name = lab.Name;
            using var stop = new CancellationTokenSource();
            Task changing = ChangeAsync(lab, random, stop.Token);
            for (int round = 0; round < rounds || watch.Elapsed.TotalMinutes < minutes; round++)
            {
                output.WriteLine($"round {round} at {watch.Elapsed:g}");
                byte[] there = RandomNumberGenerator.GetBytes(random.Next(1, 3 << 20));
                byte[] back = RandomNumberGenerator.GetBytes(random.Next(1, 3 << 20));
                try
                {
                    await lab.ToNetLab(there, back);
                    await lab.FromNetLab(there, back);
                }
                catch (Exception error)
                {
                    // What goes wrong when the lab is taken down after it would hide it.
                    output.WriteLine(error.ToString());
                    throw;
                }

                if (round % 8 == 1)
                {
                    await lab.KillUpAndStartAgain();
                }
            }

            await stop.CancelAsync();
            await changing;
        }

        string[] left =
        [
            .. new[] { "/run/netns", "/run/nlab/namespaces", "/run/nlab/devices" }.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles)
                .Where(f => Path.GetFileName(f).StartsWith(name, StringComparison.Ordinal)),
        ];
        Assert.Empty(left);
    }

    private static async Task ChangeAsync(TunLab lab, Random random, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                string link = Links[random.Next(Links.Length)];
                await lab.Change(link);
                await Task.Delay(link == "loss=100%" ? 500 : 2000, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            await lab.Change("delay=1ms");
        }
    }
}
