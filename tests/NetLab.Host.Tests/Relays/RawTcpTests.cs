using System.Diagnostics;
using System.Security.Cryptography;

namespace NetLab.Host.Tests.Relays;

/// <summary>NetLab's TCP beside the kernel's, on the kernel's own address: a rule holds back the kernel's RSTs, and goes with who set it.</summary>
public sealed class RawTcpTests : IDisposable
{
    private static int _last;

    private readonly string _name = $"nlt-{Environment.ProcessId}-r{Interlocked.Increment(ref _last)}";

    public RawTcpTests()
    {
        if (new TunFactAttribute().Skip is null)
        {
            Ip("netns", "add", _name);
            Ip("-n", _name, "link", "set", "lo", "up");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (new TunFactAttribute().Skip is null)
        {
            Ip("netns", "del", _name);
        }
    }

    [RawFact]
    public async Task It_listens_and_connects_beside_the_kernels_TCP_and_the_rule_goes_again()
    {
        byte[] there = RandomNumberGenerator.GetBytes(2 << 20);
        byte[] back = RandomNumberGenerator.GetBytes(1 << 20);
        using (InNamespace server = InNamespace.Nlab(_name, "listen", "raw-tcp://127.0.0.1:7000?rst=drop"))
        {
            Assert.Equal("raw-tcp://127.0.0.1:7000?rst=drop", await server.Listening());
            using InNamespace client = InNamespace.Nlab(_name, "connect", "kernel-tcp://127.0.0.1:7000");
            await Exchange(client, server, there, back);
        }

        using (InNamespace server = InNamespace.Nlab(_name, "listen", "kernel-tcp://127.0.0.1:7001"))
        {
            await server.Listening();
            using InNamespace client = InNamespace.Nlab(_name, "connect", "raw-tcp://127.0.0.1:7001?rst=drop");
            await Exchange(client, server, there, back);
        }

        using InNamespace rules = InNamespace.Start(_name, "iptables", "-S", "OUTPUT");
        Assert.Equal("-P OUTPUT ACCEPT", System.Text.Encoding.UTF8.GetString(await rules.Output()).Trim());
    }

    [RawFact]
    public async Task Without_being_asked_to_it_says_which_rule_is_needed_and_a_port_that_is_taken_is_refused()
    {
        using InNamespace server = InNamespace.Nlab(_name, "listen", "raw-tcp://127.0.0.1:7000");
        await server.Listening();
        Assert.Contains("iptables -I OUTPUT -p tcp -s 127.0.0.1 --sport 7000 --tcp-flags RST RST", server.Errors, StringComparison.Ordinal);
        using InNamespace second = InNamespace.Nlab(_name, "listen", "raw-tcp://127.0.0.1:7000");
        IOException error = await Assert.ThrowsAnyAsync<IOException>(async () => { await second.Listening(); });
        Assert.Contains("the port is taken", error.Message, StringComparison.Ordinal);
    }

    [RawFact]
    public async Task The_rule_of_one_that_was_killed_the_next_one_removes()
    {
        using (InNamespace killed = InNamespace.Nlab(_name, "listen", "raw-tcp://127.0.0.1:7000?rst=drop"))
        {
            await killed.Listening();
        }

        using InNamespace next = InNamespace.Nlab(_name, "listen", "raw-tcp://127.0.0.1:7001");
        await next.Listening();
        Assert.Contains("removed the rule '-s 127.0.0.1 --sport 7000', which a run that was killed had left", next.Errors, StringComparison.Ordinal);
        using InNamespace rules = InNamespace.Start(_name, "iptables", "-S", "OUTPUT");
        Assert.Equal("-P OUTPUT ACCEPT", System.Text.Encoding.UTF8.GetString(await rules.Output()).Trim());
    }

    [Theory]
    [InlineData("raw-tcp://127.0.0.1:0", "an address and a port are to be said")]
    [InlineData("raw-tcp://127.0.0.1:80?rst=keep", "'rst=keep': the setting of such an address is rst=drop")]
    [InlineData("tun-tcp://10.9.0.2:80?rst=drop", "'?rst=drop': only tcp:// and raw-tcp:// have settings")]
    [InlineData("tcp://127.0.0.1:80?udp=0", "'udp=0': the settings of an address are udp=PORT and checksum=any")]
    [InlineData("tcp://127.0.0.1:0?udp=9811", "with udp= the TCP port is to be said, too")]
    public async Task Nonsense_is_one_line(string address, string said)
    {
        Nlab.Ended ended = await Nlab.Run("listen", address);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(said, Assert.Single(ended.Errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private static async Task Exchange(InNamespace client, InNamespace server, byte[] there, byte[] back)
    {
        Task writing = Task.WhenAll(client.Write(there), server.Write(back));
        byte[][] received = await Task.WhenAll(server.Output(), client.Output());
        await writing;
        Assert.Equal(there, received[0]);
        Assert.Equal(back, received[1]);
    }

    private static void Ip(params string[] arguments)
    {
        using Process ip = Process.Start("ip", arguments);
        ip.WaitForExit();
    }

    /// <summary>Needs namespaces, and a filter in them.</summary>
    private sealed class RawFactAttribute : FactAttribute
    {
        public RawFactAttribute() => Skip = new TunFactAttribute().Skip
            ?? ((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "iptables"))) ? null : "needs iptables");
    }
}
