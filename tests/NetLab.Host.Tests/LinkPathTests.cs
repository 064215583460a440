using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using NetLab.Osi.Tests;
using NetLab.Udp.Links.Paths;

namespace NetLab.Host.Tests;

/// <summary><c>nlab link --record</c>, <c>--from</c> and <c>replay=</c>: a path is written down and played.</summary>
public sealed class LinkPathTests : IDisposable
{
    private const int Count = 4_000;

    // Each so many-th is lost.
    private const int Every = 20;

    // Datagrams that may be on the way at once: more than the link holds back at this pace.
    private const int MostOut = 150;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-test-");

    /// <summary>What the model decides is compared, and not when the machine got to it: that does not depend on its load.</summary>
    [UnixFact]
    public async Task A_replay_over_loopback_has_the_loss_and_the_delays_of_the_recording()
    {
        (RecordedPath first, long entered, long firstLost) = await Record($"delay=20ms,jitter=10ms,every={Every},seed=4", "first.path");
        (RecordedPath second, _, long lost) = await Record($"replay={Path.Combine(_folder.FullName, "first.path")},seed=9", "second.path");
        Assert.Equal(4UL, first.Seed);
        Assert.Equal(entered / Every, firstLost);

        // Each takes what the recording says of the moment at which it entered, whenever the machine let it enter; and so many are lost as it
        // says of those moments, of each that arrived its share of those that did not.
        Assert.All(second.Up!.Delays, d => Assert.InRange((d.Delay - first.Up!.DelayAt(d.At)).TotalMicroseconds, -1, 1));
        double expected = second.Up!.Delays.Sum(d => first.Up!.LossAt(d.At) is < 0.999 and var share ? share / (1 - share) : 0);
        Assert.InRange(lost / expected, 0.95, 1.05);
    }

    [Fact]
    public async Task A_capture_of_both_ends_tells_of_each_direction_and_which_places_they_are()
    {
        string file = Path.Combine(_folder.FullName, "capture.path");
        Nlab.Ended ended = await Nlab.Run("link", "--from", Path.Combine(Folders.Captures, "lost-segments.pcapng"), "--record", file, "--seed", "3");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Output));
        Assert.Contains("'sender' and 'receiver'", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("up: 25 datagrams, 1 of them lost", ended.Errors, StringComparison.Ordinal);
        Assert.True(RecordedPathFile.TryRead(file, out RecordedPath? path, out string? error), error);
        Assert.Equal((3UL, 24), (path!.Seed, path.Up!.Delays.Length));
        Nlab.Ended printed = await Nlab.Run("link", "--from", Path.Combine(Folders.Captures, "lost-segments.pcapng"), "--seed", "3");
        Assert.Contains("\nseed 3\n", printed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_capture_that_tells_of_no_path_says_what_it_takes()
    {
        Nlab.Ended ended = await Nlab.Run("link", "--from", Path.Combine(Folders.Captures, "dns.pcapng"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("both ends by one clock", Assert.Single(ended.Errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(true);

    // The path, and how many entered the link and were lost on it: what the relay's socket lost on a busy machine is in neither.
    private async Task<(RecordedPath Path, long Entered, long Lost)> Record(string link, string name)
    {
        using var target = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        target.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string file = Path.Combine(_folder.FullName, name);
        using Nlab relay = Nlab.Start(null, "link", "udp://127.0.0.1:0", $"udp://127.0.0.1:{((IPEndPoint)target.LocalEndPoint!).Port}", "--link", link, "--record", file, "--json");
        int port = int.Parse((await relay.Listening()).Split(' ')[0].Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        int arrived = 0;
        using var ended = new CancellationTokenSource();
        Task receiving = Task.Run(
            async () =>
            {
                byte[] buffer = new byte[1000];
                while (true)
                {
                    await target.ReceiveAsync(buffer, ended.Token);
                    Interlocked.Increment(ref arrived);
                }
            },
            CancellationToken.None);
        for (int i = 0; i < Count; i++)
        {
            if (i % 10 == 0)
            {
                // A relay that the machine does not let run loses what its socket cannot hold, which is not the link's loss.
                do
                {
                    await pace.WaitForNextTickAsync();
                }
                while (i - (i / Every) - Volatile.Read(ref arrived) > MostOut);
            }

            client.SendTo(new byte[100], new IPEndPoint(IPAddress.Loopback, port));
        }

        // All that comes has come when nothing did for a long time.
        for (int before = -1; before != Volatile.Read(ref arrived);)
        {
            before = Volatile.Read(ref arrived);
            await Task.Delay(300);
        }

        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        relay.Interrupt();
        Nlab.Ended end = await relay.End();
        Assert.True(end.ExitCode == 0, end.Errors);
        Assert.True(RecordedPathFile.TryRead(file, out RecordedPath? path, out string? error), error);
        Assert.Null(path!.Down);
        JsonElement up = JsonDocument.Parse(end.Output).RootElement.GetProperty("up");
        return (path, up.GetProperty("entered").GetInt64(), up.GetProperty("lost").GetInt64() + up.GetProperty("scripted_drops").GetInt64());
    }
}
