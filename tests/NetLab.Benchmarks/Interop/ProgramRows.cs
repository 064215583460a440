using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using NetLab.Benchmarks.Forwarding;

namespace NetLab.Benchmarks.Interop;

/// <summary>Programs of others and NetLab's TCP on a TUN device, each as client and as server.</summary>
/// <param name="name">The namespace; nobody else's.</param>
/// <param name="folder">Where files may lie.</param>
/// <param name="bytes">What is carried.</param>
internal sealed class ProgramRows(string name, string folder, byte[] bytes)
{
    private const string Kernel = "10.9.0.1";
    private const string Own = "10.9.0.2";
    private const int Port = 8000;

    private readonly string _hash = Convert.ToHexString(SHA256.HashData(bytes));
    private readonly string _size = string.Create(CultureInfo.InvariantCulture, $"{bytes.Length >> 20}M");

    /// <summary>Runs them.</summary>
    public async IAsyncEnumerable<InteropRow> RunAsync()
    {
        await File.WriteAllBytesAsync(Path.Combine(folder, "bytes"), bytes).ConfigureAwait(false);
        Spawned up = Spawned.Nlab(null, "up", "--namespace", name);
        await using (up.ConfigureAwait(false))
        {
            await up.ReadyAsync().ConfigureAwait(false);
            foreach ((string what, string[] needs, Func<Task<string>> server, Func<Task<string>> client) in All())
            {
                if (needs.FirstOrDefault(n => !OtherPrograms.IsInstalled(n) && !File.Exists($"/usr/sbin/{n}")) is { } missing)
                {
                    await Console.Error.WriteLineAsync($"{missing} is not installed: {what} is left out").ConfigureAwait(false);
                    continue;
                }

                yield return new InteropRow(what, await InteropRow.TryAsync(server).ConfigureAwait(false), await InteropRow.TryAsync(client).ConfigureAwait(false));
            }
        }
    }

    private IEnumerable<(string What, string[] Needs, Func<Task<string>> Server, Func<Task<string>> Client)> All()
    {
        yield return Served("curl, nginx", ["curl", "nginx"], Nginx, (host, port) => DownloadAsync("curl", ["-sS", "--fail", "--retry", "20", "--retry-connrefused", "--retry-delay", "1", $"http://{host}:{port}/bytes"]));
        yield return Served("wget, nginx", ["wget", "nginx"], Nginx, (host, port) => DownloadAsync("wget", ["-q", "--retry-connrefused", "--tries", "20", "-O", "-", $"http://{host}:{port}/bytes"]));
        yield return Served("iperf3", ["iperf3"], host => Spawned.Start(name, "iperf3", "-s", "-B", host, "-p", $"{Port}"), (host, port) => IperfAsync(host, port));
        yield return Served("ssh-keyscan, sshd", ["ssh-keyscan", "sshd", "ssh-keygen"], Sshd, ScanAsync);
        yield return ("nc", ["nc"], () => NetcatAsync(isServer: true), () => NetcatAsync(isServer: false));
    }

    // A server of the kernel's TCP: asked through NetLab's TCP as the one that is connected to, and as the one that connects.
    private (string What, string[] Needs, Func<Task<string>> Server, Func<Task<string>> Client) Served(
        string what, string[] needs, Func<string, Spawned> serve, Func<string, int, Task<string>> ask) => (
        what, needs,
        () => ThroughAsync(serve("127.0.0.1"), $"tun-tcp://{Own}:{Port}", $"kernel-tcp://127.0.0.1:{Port}", () => ask(Own, Port)),
        () => ThroughAsync(serve(Kernel), $"kernel-tcp://127.0.0.1:{Port + 1}", $"tun-tcp://{Kernel}:{Port}", () => ask("127.0.0.1", Port + 1)));

    private async Task<string> ThroughAsync(Spawned server, string from, string to, Func<Task<string>> ask)
    {
        await using (server.ConfigureAwait(false))
        {
            Spawned forward = Spawned.Nlab(name, "forward", from, to);
            await using (forward.ConfigureAwait(false))
            {
                await forward.ReadyAsync().ConfigureAwait(false);
                return await ask().ConfigureAwait(false);
            }
        }
    }

    private Spawned Nginx(string host)
    {
        string settings = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(settings, $$"""
            daemon off; master_process off; pid {{folder}}/nginx.pid; error_log stderr; user root;
            events {}
            http {
              access_log off; sendfile on;
              client_body_temp_path {{folder}}/b; proxy_temp_path {{folder}}/p; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              server { listen {{host}}:{{Port}}; root {{folder}}; }
            }
            """);
        return Spawned.Start(name, "nginx", "-p", folder, "-e", "stderr", "-c", settings);
    }

    private Spawned Sshd(string host)
    {
        Directory.CreateDirectory("/run/sshd");
        string key = Path.Combine(folder, "key");
        if (!File.Exists(key))
        {
            using Process made = Process.Start(new ProcessStartInfo("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]))!;
            made.WaitForExit();
        }

        return Spawned.Start(name, "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-h", key, "-p", $"{Port}", "-o", $"ListenAddress={host}", "-o", "PidFile=none");
    }

    private async Task<string> DownloadAsync(string program, string[] words)
    {
        long start = Stopwatch.GetTimestamp();
        Spawned client = Spawned.Start(name, program, words);
        await using (client.ConfigureAwait(false))
        {
            (string hash, _) = await client.EndAsync().ConfigureAwait(false);
            return hash == _hash ? $"{_size}, SHA-256 equal, {RateText.Of(bytes.Length, start)}" : throw new IOException("SHA-256 differs");
        }
    }

    private async Task<string> IperfAsync(string host, int port)
    {
        var rates = new List<string>();
        foreach (string[] way in (string[][])[[], ["-R"]])
        {
            for (int tries = 0; ; tries++)
            {
                Spawned client = Spawned.Start(name, "iperf3", ["-c", host, "-p", $"{port}", "-n", _size, "-J", .. way]);
                await using (client.ConfigureAwait(false))
                {
                    try
                    {
                        (_, string text) = await client.EndAsync().ConfigureAwait(false);
                        using var document = System.Text.Json.JsonDocument.Parse(text);
                        System.Text.Json.JsonElement received = document.RootElement.GetProperty("end").GetProperty("sum_received");
                        rates.Add(RateText.Of(received.GetProperty("bits_per_second").GetDouble()));
                        break;
                    }
                    catch (IOException) when (tries < 10)
                    {
                        // It does not say when it listens.
                    }
                }
            }
        }

        return $"{_size} each way, {string.Join(" / ", rates)}";
    }

    private async Task<string> ScanAsync(string host, int port)
    {
        for (int tries = 0; ; tries++)
        {
            Spawned scan = Spawned.Start(name, "ssh-keyscan", "-T", "20", "-t", "ed25519", "-p", $"{port}", host);
            await using (scan.ConfigureAwait(false))
            {
                (_, string text) = await scan.EndAsync().ConfigureAwait(false);
                string banner = (scan.Errors + text).Split('\n').FirstOrDefault(l => l.Contains("SSH-2.0-", StringComparison.Ordinal)) ?? "";
                if (text.Contains("ssh-ed25519", StringComparison.Ordinal) && banner.Length > 0)
                {
                    return "banner `" + banner[banner.IndexOf("SSH-2.0-", StringComparison.Ordinal)..].Trim() + "`, key exchanged";
                }

                if (tries == 10)
                {
                    throw new IOException($"no banner: {scan.Errors.Trim()}");
                }
            }
        }
    }

    private async Task<string> NetcatAsync(bool isServer)
    {
        long start = Stopwatch.GetTimestamp();
        Spawned server = isServer ? Spawned.Nlab(name, "listen", $"tun-tcp://{Own}:{Port}") : Netcat($"-l {Kernel} {Port}");
        await using (server.ConfigureAwait(false))
        {
            if (isServer)
            {
                await server.ReadyAsync().ConfigureAwait(false);
            }
            else
            {
                // It does not say when it listens; one that is refused is over at once, and no other is let in.
                await ListensAsync().ConfigureAwait(false);
            }

            Spawned client = isServer ? Netcat($"{Own} {Port}") : Spawned.Nlab(name, "connect", $"tun-tcp://{Kernel}:{Port}");
            await using (client.ConfigureAwait(false))
            {
                Task writing = Task.WhenAll(client.WriteAsync(bytes), server.WriteAsync(bytes));
                (string Hash, string Text)[] got = await Task.WhenAll(server.EndAsync(), client.EndAsync()).ConfigureAwait(false);
                await writing.ConfigureAwait(false);
                return got.All(g => g.Hash == _hash) ? $"{_size} each way at once, SHA-256 equal, {RateText.Of(2L * bytes.Length, start)}" : throw new IOException("SHA-256 differs");
            }
        }
    }

    // OpenBSD's ends its half at the end of its input only if told to; others know no such word.
    private Spawned Netcat(string words) => Spawned.Start(name, "sh", "-c", $"nc -h 2>&1 | grep -q -e '-N' && exec nc -N {words} || exec nc {words}");

    private async Task ListensAsync()
    {
        for (int tries = 0; tries < 100; tries++)
        {
            Spawned ss = Spawned.Start(name, "ss", "-tlnH", $"sport = :{Port}");
            await using (ss.ConfigureAwait(false))
            {
                if ((await ss.EndAsync().ConfigureAwait(false)).Text.Length > 0)
                {
                    return;
                }
            }
        }
    }
}
