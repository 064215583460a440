using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace NetLab.Host.Tests.Relays;

/// <summary>NetLab's TCP over IP and the kernel's, with each other: bytes are the same, whatever the link and the kernel's settings.</summary>
public sealed class TunTcpTests
{
    // Those that a namespace may have as its usual one, and all that a process with the right may ask for.
    private static readonly string[] Allowed = Names("tcp_allowed_congestion_control");
    private static readonly string[] Available = Names("tcp_available_congestion_control");

    // NETLAB_TUN_MEGABYTES: as many each way, whatever the link.
    private static readonly int? Megabytes = int.TryParse(Environment.GetEnvironmentVariable("NETLAB_TUN_MEGABYTES"), CultureInfo.InvariantCulture, out int said) ? said : null;

    private static int _last;

    private readonly string _name = $"nlt-{Environment.ProcessId}-u{Interlocked.Increment(ref _last)}";

    [TunTheory]
    [InlineData("delay=1ms", 10, "tcp_congestion_control=reno")]
    [InlineData("delay=1ms,loss=1%", 10, "tcp_congestion_control=reno")]
    [InlineData("delay=1ms,loss=5%", 4, "tcp_congestion_control=reno")]
    [InlineData("delay=1ms,loss=1%", 10, "tcp_congestion_control=bbr")]
    [InlineData("delay=2ms,reorder=5%,duplicate=1%", 10, "tcp_congestion_control=reno")]
    [InlineData("delay=1ms,loss=1%", 4, "tcp_sack=0")]
    [InlineData("delay=1ms,loss=1%", 4, "tcp_timestamps=0")]
    [InlineData("delay=1ms,loss=1%", 4, "tcp_window_scaling=0")]
    [InlineData("delay=1ms,rate=100M,aqm=fq_codel", 4, "tcp_ecn=1")]
    public async Task What_one_sends_the_other_gets(string link, int megabytes, string setting)
    {
        string[] said = setting.Split('=');
        if (said[0] == "tcp_congestion_control" && !Allowed.Contains(said[1]))
        {
            // A kernel without it: what can be asked of one is asked by the others.
            said[1] = Allowed[0];
        }

        await using TunLab lab = await TunLab.Open(link, (said[0], said[1]));
        byte[] large = RandomNumberGenerator.GetBytes((Megabytes ?? megabytes) << 20);
        byte[] small = RandomNumberGenerator.GetBytes(1 << 20);
        await lab.ToNetLab(large, small);
        await lab.FromNetLab(large, small);
        if (Megabytes is not null)
        {
            await lab.ToNetLab(small, large);
            await lab.FromNetLab(small, large);
        }
    }

    /// <summary>RFC 1191: a router on the way that passes on less than both ends have says so, and is heard.</summary>
    [TunFact]
    public async Task A_path_that_carries_less_is_found_by_ICMP()
    {
        await using TunLab lab = await TunLab.Open("delay=1ms");
        using (InNamespace narrow = InNamespace.Start(lab.OurSide, "ip", "link", "set", "nlab0", "mtu", "1000"))
        {
            await narrow.Output();
        }

        await lab.FromNetLab(RandomNumberGenerator.GetBytes(1 << 20), RandomNumberGenerator.GetBytes(1 << 16));
    }

    /// <summary>Each of the kernel's algorithms sends to NetLab's TCP, whose program checks each byte.</summary>
    [TunTheory]
    [InlineData("reno", "delay=1ms")]
    [InlineData("cubic", "delay=1ms")]
    [InlineData("cubic", "delay=1ms,loss=1%")]
    [InlineData("cubic", "delay=1ms,loss=5%")]
    [InlineData("bbr", "delay=1ms,loss=5%")]
    public async Task Each_of_the_kernels_algorithms_is_received(string congestion, string link)
    {
        congestion = Available.Contains(congestion) ? congestion : Available[0];
        await using TunLab lab = await TunLab.Open(link);
        using InNamespace server = InNamespace.Nlab(lab.OurSide, "perf", "server", $"tun-tcp://{TunLab.Ours}:7000", "--once");
        await server.Listening();
        using InNamespace client = InNamespace.Nlab(
            lab.KernelSide, "perf", $"kernel-tcp://{TunLab.Ours}:7000", "--allow-remote", "--bytes", link.Contains("5%", StringComparison.Ordinal) ? "4M" : "10M", "--congestion", congestion, "--json");
        using JsonDocument document = JsonDocument.Parse(await client.Output());
        JsonElement end = document.RootElement.GetProperty("runs")[0].GetProperty("end");
        Assert.True(end.GetProperty("intact").GetBoolean());
        Assert.Equal(congestion, end.GetProperty("sender_tcp_congestion").GetString());
        await server.Output();
    }

    /// <summary>Wireshark's expert finds nothing malformed in what NetLab sends, nor a checksum that is wrong.</summary>
    [TunFact]
    public async Task Tshark_finds_nothing_wrong()
    {
        if (!Tshark.IsThere)
        {
            return;
        }

        await using TunLab lab = await TunLab.Open("delay=1ms,loss=1%");
        string file = Path.Combine(Path.GetTempPath(), $"{lab.Name}.pcapng");
        try
        {
            using (InNamespace capture = InNamespace.Start(lab.KernelSide, "tshark", "-i", "nlab0", "-w", file, "-q"))
            {
                await capture.Listening();
                await lab.FromNetLab(RandomNumberGenerator.GetBytes(1 << 20), RandomNumberGenerator.GetBytes(1 << 20));
                await capture.Interrupt();
            }

            string[] packets = await Tshark.Run(file, "-Y", $"ip.src == {TunLab.Ours}", "-T", "fields", "-e", "frame.number");
            Assert.True(packets.Length > 700, $"{packets.Length} packets");
            Assert.Empty(await Tshark.Run(
                file,
                "-o",
                "tcp.check_checksum:TRUE",
                "-d",
                "tcp.port==7000,data",
                "-o",
                "ip.check_checksum:TRUE",
                "-Y",
                $"ip.src == {TunLab.Ours} && (_ws.malformed || _ws.expert.severity == error || tcp.checksum.status == \"Bad\" || ip.checksum.status == \"Bad\")"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Programs that nobody here wrote, as clients and as servers.</summary>
    [TunFact]
    public async Task Curl_nc_python_and_iperf3_speak_with_it()
    {
        await using Device device = await Device.Open(_name);
        byte[] bytes = RandomNumberGenerator.GetBytes(10 << 20);
        string folder = Directory.CreateTempSubdirectory("nlab-tun-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "bytes"), bytes);
            if (Has("python3"))
            {
                using InNamespace web = InNamespace.Start(_name, "python3", "-u", "-m", "http.server", "8000", "--bind", "10.9.0.1", "--directory", folder);
                await Retry(async () =>
                {
                    using InNamespace http = InNamespace.Nlab(_name, "http", "GET", "tun-tcp://10.9.0.1:8000/bytes");
                    Assert.Equal(bytes, await http.Output());
                });
            }

            if (Has("curl"))
            {
                using InNamespace serve = InNamespace.Nlab(
                    _name, "serve", "--set", "Lab:Services=[]", "--set", "Lab:Services:0:Kind=http", "--set", "Lab:Services:0:Address=tun-tcp://10.9.0.2:80",
                    "--set", "Lab:Services:1:Kind=echo", "--set", "Lab:Services:1:Address=tun-tcp://10.9.0.2:7", "--set", "Lab:AllowRemote=true");
                await Retry(async () =>
                {
                    using InNamespace curl = InNamespace.Start(_name, "curl", "-sS", "--max-time", "20", "http://10.9.0.2/services");
                    Assert.Contains("tun-tcp://10.9.0.2:7", Encoding.UTF8.GetString(await curl.Output()), StringComparison.Ordinal);
                });
                await serve.Interrupt();
            }

            if (Has("nc"))
            {
                using InNamespace listen = InNamespace.Nlab(_name, "listen", "tun-tcp://10.9.0.2:7000");
                await listen.Listening();

                // OpenBSD's ends its half at the end of its input only if told to, others know no such word.
                using InNamespace nc = InNamespace.Start(_name, "sh", "-c", "nc -h 2>&1 | grep -q -e '-N' && exec nc -N 10.9.0.2 7000 || exec nc 10.9.0.2 7000");
                await Task.WhenAll(nc.Write(bytes), listen.Write([]));
                Assert.Equal(bytes, await listen.Output());
            }

            if (Has("iperf3"))
            {
                using InNamespace server = InNamespace.Start(_name, "iperf3", "-s", "-1", "-B", "10.9.0.1", "-p", "5201");
                using InNamespace forward = InNamespace.Nlab(_name, "forward", "kernel-tcp://127.0.0.1:5201", "tun-tcp://10.9.0.1:5201");
                await forward.Listening();
                using InNamespace client = InNamespace.Start(_name, "iperf3", "-c", "127.0.0.1", "-p", "5201", "-n", "10M", "-J");
                Assert.Contains("\"bytes\":\t10485760", Encoding.UTF8.GetString(await client.Output()).Replace("10616832", "10485760", StringComparison.Ordinal), StringComparison.Ordinal);
                await forward.Interrupt();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TunFact]
    public async Task Ping_is_answered_a_closed_port_refuses_and_all_of_it_goes_again()
    {
        await using Device device = await Device.Open(_name);
        using (InNamespace listen = InNamespace.Nlab(_name, "listen", "--keep-open", "tun-tcp://10.9.0.2:7000"))
        {
            await listen.Listening();
            if (Has("ping"))
            {
                foreach (string address in (string[])["10.9.0.2", "fd09::2"])
                {
                    // 4,000 bytes go in parts through an MTU of 1,500, there and back.
                    foreach (string size in (string[])["1000", "4000"])
                    {
                        using InNamespace ping = InNamespace.Start(_name, "ping", "-c", "3", "-i", "0.2", "-s", size, address);
                        Assert.Contains(" 0% packet loss", Encoding.UTF8.GetString(await ping.Output()), StringComparison.Ordinal);
                    }
                }
            }

            using InNamespace refused = InNamespace.Nlab(_name, "connect", "kernel-tcp://10.9.0.2:7001", "--allow-remote");
            IOException error = await Assert.ThrowsAnyAsync<IOException>(async () => { await refused.Listening(); });
            Assert.Contains("connection refused", error.Message, StringComparison.Ordinal);

            // A device is one process's.
            using InNamespace second = InNamespace.Nlab(_name, "listen", "tun-tcp://10.9.0.2:7002");
            error = await Assert.ThrowsAnyAsync<IOException>(async () => { await second.Listening(); });
            Assert.Contains("'tun-tcp://10.9.0.2:7002': device nlab0: is open already, in another process", error.Message, StringComparison.Ordinal);
            await listen.Interrupt();
        }

        using InNamespace kernels = InNamespace.Nlab(_name, "listen", "tun-tcp://10.9.0.1:7000");
        IOException own = await Assert.ThrowsAnyAsync<IOException>(async () => { await kernels.Listening(); });
        Assert.Contains("10.9.0.1 is the kernel's own address on nlab0; NetLab's is another one of 10.9.0.0/24, such as 10.9.0.2", own.Message, StringComparison.Ordinal);
    }

    [TunFact]
    public async Task IPv6_is_the_same()
    {
        await using Device device = await Device.Open(_name);
        byte[] there = RandomNumberGenerator.GetBytes(4 << 20);
        byte[] back = RandomNumberGenerator.GetBytes(1 << 20);
        using InNamespace server = InNamespace.Nlab(_name, "listen", "tun-tcp://[fd09::2]:7000");
        Assert.Equal("tun-tcp://[fd09::2]:7000", await server.Listening());
        using InNamespace client = InNamespace.Nlab(_name, "connect", "kernel-tcp://[fd09::2]:7000", "--allow-remote");
        Task writing = Task.WhenAll(client.Write(there), server.Write(back));
        Assert.Equal(there, await server.Output());
        Assert.Equal(back, await client.Output());
        await writing;
    }

    [Theory]
    [InlineData("up", "tun://10.9.0.1/31", "the prefix is 30 bits at most")]
    [InlineData("up", "tun://10.9.0.1/24,10.9.1.1/24", "a device has one address of each version of IP")]
    [InlineData("up", "tun://10.9.0.1", "is tun://ADDRESS/PREFIX")]
    [InlineData("up --mtu 1279", "tun://[fd09::1]/64", "--mtu '1279': 1280 to 65535 bytes")]
    [InlineData("up --namespace a/b", "tun://10.9.0.1/24", "--namespace 'a/b': is letters")]
    [InlineData("listen", "tun-tcp://198.51.100.2:80", "is not this machine's loopback")]
    [InlineData("connect --allow-remote", "tun-tcp://198.51.100.2:0", "port 0")]
    [InlineData("perf --transport tun-tcp --link delay=1ms", "", "--transport 'tun-tcp': IP packets do not go through --link")]
    [InlineData("perf --transport tun-tcp --bidirectional", "", "--bidirectional: needs two senders at once")]
    public async Task Nonsense_is_one_line(string verb, string address, string said)
    {
        Nlab.Ended ended = await Nlab.Run([.. verb.Split(' '), .. address.Length > 0 ? (string[])[address] : []]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(said, Assert.Single(ended.Errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private static string[] Names(string setting) => $"/proc/sys/net/ipv4/{setting}" is var file && File.Exists(file)
        ? File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        : [];

    private static bool Has(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));

    // A server that does not say when it listens.
    private static async Task Retry(Func<Task> attempt)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                await attempt();
                return;
            }
            catch (Xunit.Sdk.XunitException) when (i < 20)
            {
            }
        }
    }

    // nlab up in a namespace of its own.
    private sealed class Device(Nlab up) : IAsyncDisposable
    {
        public static async Task<Device> Open(string name)
        {
            Nlab up = Nlab.Start(null, "up", "--namespace", name);
            await up.Complained("try: ");
            return new Device(up);
        }

        public async ValueTask DisposeAsync()
        {
            up.Interrupt();
            await up.End();
            up.Dispose();
        }
    }
}
