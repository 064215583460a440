using System.Net;
using System.Net.Sockets;

namespace NetLab.Host.Tests;

/// <summary>A mistake is one line that names the word, and exit code 2.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("send", "FILE")]
    [InlineData("receive tcp://127.0.0.1", "tcp://127.0.0.1")]
    [InlineData("receive ftp://127.0.0.1:1", "ftp://127.0.0.1:1")]
    [InlineData("receive tcp://127.0.0.1:99999", "99999")]
    [InlineData("receive tcp://8.8.8.8:9000", "--allow-remote")]
    [InlineData("receive tcp://127.0.0.1:0 --timeout soon", "--timeout")]
    [InlineData("send no-such-file tcp://127.0.0.1:1", "no-such-file")]
    [InlineData("link udp://127.0.0.1:0 udp://127.0.0.1:1 --link loss=200%", "loss=200%")]
    [InlineData("link udp://127.0.0.1:0 udp://127.0.0.1:1 --link drop=WHAT#1", "WHAT")]
    [InlineData("link tcp://127.0.0.1:0 udp://127.0.0.1:1", "tcp://127.0.0.1:0")]
    [InlineData("decode no-such-file", "no-such-file")]
    [InlineData("drill", "script")]
    [InlineData("drill no-such-file", "no-such-file")]
    [InlineData("drill x --like plan9", "plan9")]
    [InlineData("drill x --tolerance soon", "soon")]
    [InlineData("drill --from no-such-file", "no-such-file")]
    [InlineData("drill x --from y", "--from")]
    [InlineData("decode x --json --summary", "--summary")]
    [InlineData("decode x --layer 8", "8")]
    [InlineData("serve --config no-such-file", "no-such-file")]
    [InlineData("serve --set Lab", "Lab")]
    [InlineData("serve --set Lab:Services:0:Kind=echoo", "echoo")]
    [InlineData("serve --set Lab:Services:0:Colour=red", "Colour")]
    [InlineData("serve --set Lab:Relays:0:Listen=udp://127.0.0.1:0 --set Lab:Relays:0:Target=udp://127.0.0.1:1 --set Lab:Relays:0:Link=loss=2", "loss=2")]
    [InlineData("serve --set Lab:Services:0:Name=same --set Lab:Services:1:Name=same", "same")]
    [InlineData("serve --set Lab:Services:6:Address=udp://127.0.0.1:0", "http")]
    [InlineData("serve --set Lab:Telemetry:Otlp=http://8.8.8.8:4317", "8.8.8.8")]
    [InlineData("serve --set Lab:Telemetry:Protocol=smoke", "smoke")]
    [InlineData("http GET udp://127.0.0.1:1/", "udp://127.0.0.1:1")]
    [InlineData("http GET kernel-tcp://127.0.0.1:1/ --ladder", "--ladder")]
    [InlineData("http G(T tcp://127.0.0.1:1/", "G(T")]
    [InlineData("http GET tcp://127.0.0.1:1/ --header colour", "colour")]
    [InlineData("http GET tcp://8.8.8.8:80/", "--allow-remote")]
    [InlineData("http PUT tcp://127.0.0.1:1/ --data @no-such-file", "no-such-file")]
    [InlineData("demo --link delay=xyz", "delay=xyz")]
    [InlineData("link udp://127.0.0.1:0 udp://127.0.0.1:1 --log no/such/folder", "no/such/folder")]
    [InlineData("perf --transport carrier-pigeon", "carrier-pigeon")]
    [InlineData("perf --time soon", "soon")]
    [InlineData("perf --bytes many", "many")]
    [InlineData("perf --rate fast", "fast")]
    [InlineData("perf --warm-up hot", "hot")]
    [InlineData("perf --streams 0", "0")]
    [InlineData("perf --rounds 0", "0")]
    [InlineData("perf --segment-size 20", "20")]
    [InlineData("perf --transport udp --segment-size 65508", "65508")]
    [InlineData("perf --link loss=2", "loss=2")]
    [InlineData("perf --transport kernel-tcp --link loss=2%", "kernel-tcp")]
    [InlineData("perf --transport tcp --congestion vegas", "vegas")]
    [InlineData("perf --plot picture.gif", "picture.gif")]
    [InlineData("perf --plot no/such/folder.svg", "no/such/folder.svg")]
    [InlineData("perf udp://127.0.0.1:1 --rounds 2", "--rounds")]
    [InlineData("perf --latency --connections", "--connections")]
    [InlineData("perf --connections --transport udp", "udp")]
    [InlineData("perf --latency --bytes 1M", "--bytes")]
    [InlineData("perf udp://8.8.8.8:1", "--allow-remote")]
    [InlineData("perf server udp://127.0.0.1", "udp://127.0.0.1")]
    [InlineData("connect udp://127.0.0.1:1 --qlog x.qlog", "--qlog")]
    [InlineData("perf --transport tcp --rounds 2 --qlog x.qlog", "x.qlog")]
    [InlineData("listen tcp://127.0.0.1:0 --qlog no/such/folder.qlog", "no/such/folder.qlog")]
    public async Task Is_said_in_one_line(string arguments, string word)
    {
        Nlab.Ended ended = await Nlab.Run(arguments.Split(' '));
        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.Output);
        Assert.Single(ended.Errors.TrimEnd().Split('\n'));
        Assert.StartsWith("nlab: ", ended.Errors, StringComparison.Ordinal);
        Assert.Contains(word, ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    [InlineData("kernel-tcp")]
    public async Task A_taken_port_is_said_in_one_line(string transport)
    {
        using var taken = transport == "kernel-tcp"
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (transport == "kernel-tcp")
        {
            taken.Listen();
        }

        string url = $"{transport}://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}";
        Nlab.Ended serve = await Nlab.Run("serve", "--set", $"Lab:Services:0:Address={url}");
        Assert.Equal(2, serve.ExitCode);
        Assert.Equal($"nlab: '{url}': the port is taken", serve.Errors.TrimEnd());
        Nlab.Ended receive = await Nlab.Run("receive", url);
        Assert.Equal((2, serve.Errors), (receive.ExitCode, receive.Errors));
    }

    [UnixFact]
    public async Task Serve_runs_until_ctrl_c()
    {
        string[] transports = ["tcp", "tcp", "tcp", "udp", "udp", "udp", "tcp", "kernel-tcp"];
        string[] arguments = ["serve", .. transports.SelectMany((t, i) => new[] { "--set", $"Lab:Services:{i}:Address={t}://127.0.0.1:0" })];
        using Nlab serve = Nlab.Start(null, arguments);
        await serve.Printed("http     kernel-tcp://");
        serve.Interrupt();
        Nlab.Ended end = await serve.End();
        Assert.Equal(0, end.ExitCode);
        Assert.Equal(transports.Length, end.Output.TrimEnd().Split('\n').Length);
    }
}
