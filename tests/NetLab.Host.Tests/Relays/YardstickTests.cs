using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Measurement.Links;

namespace NetLab.Host.Tests.Relays;

/// <summary>What <c>nlab link --self-test</c> puts beside the emulated link.</summary>
public sealed class YardstickTests
{
    [TokenBucketFact]
    public void A_token_bucket_limits_in_a_namespace_of_its_own_and_nothing_is_left_of_it()
    {
        string name;
        using (TokenBucket? bucket = TokenBucket.TryCreate(out string? why))
        {
            Assert.True(bucket is not null, why);
            name = bucket.Namespace;
            bucket.Limit(8_000_000, 100_000);
            Assert.Matches("tbf .*rate 8Mbit burst 30[0-9][0-9]b", Tc("-n", name, "qdisc", "show", "dev", "lo"));
            bucket.Limit(1_000_000_000, 6_250_000);
            Assert.Matches("tbf .*rate 1Gbit burst", Tc("-n", name, "qdisc", "show", "dev", "lo"));
        }

        Assert.False(File.Exists($"/run/netns/{name}"));
        Assert.False(File.Exists($"/run/nlab/namespaces/{name}"));
    }

    [Fact]
    public void Where_there_is_no_token_bucket_it_is_said_why()
    {
        using TokenBucket? bucket = TokenBucket.TryCreate(out string? why);
        Assert.Equal(bucket is null, why is { Length: > 10 });
    }

    [ToolFact("socat")]
    public async Task Socat_passes_what_comes_and_the_answer()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var late = new CancellationTokenSource(Patience);
        using (SocatRelay? relay = SocatRelay.TryStart((IPEndPoint)server.Client.LocalEndPoint!))
        {
            Assert.NotNull(relay);
            Task<UdpReceiveResult> asked = server.ReceiveAsync(late.Token).AsTask();
            while (!asked.IsCompleted)
            {
                // It says nowhere that it listens: until it does, what is sent is lost.
                await client.SendAsync(new byte[] { 1, 2, 3 }, relay.LocalEndPoint, late.Token);
                await Task.Yield();
            }

            UdpReceiveResult question = await asked;
            Assert.Equal([1, 2, 3], question.Buffer);
            await server.SendAsync(new byte[] { 4 }, question.RemoteEndPoint, late.Token);
            Assert.Equal([4], (await client.ReceiveAsync(late.Token)).Buffer);
        }
    }

    private static string Tc(params string[] words)
    {
        using Process tc = Process.Start(new ProcessStartInfo("tc", words) { RedirectStandardOutput = true })!;
        string said = tc.StandardOutput.ReadToEnd();
        tc.WaitForExit();
        return said;
    }
}
