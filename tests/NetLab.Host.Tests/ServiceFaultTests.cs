using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace NetLab.Host.Tests;

/// <summary>What a lab does when something goes wrong with a service, or would.</summary>
public sealed partial class ServiceFaultTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-fault");

    public void Dispose() => _folder.Delete(recursive: true);

    [UnixFact]
    public async Task A_recording_that_cannot_be_written_ends_alone()
    {
        using Nlab serve = Nlab.Start(null, "serve", [.. Services("echo tcp://127.0.0.1:0"), "--pcap", "/dev/full"]);
        await serve.Printed("echo     tcp://");
        string echo = Address().Match(serve.OutputSoFar()).Value;
        using Nlab client = Nlab.Start(null, "connect", echo);

        // More than is held back before it is written.
        string much = new('x', 1 << 20);
        await client.Input.WriteAsync(much);
        client.Input.Close();
        Assert.Equal(much.Length, (await client.End()).Output.Length);
        await serve.Complained("--pcap: the recording ended early");
        using Nlab second = Nlab.Start(null, "connect", echo);
        await second.Input.WriteAsync("still there");
        second.Input.Close();
        Assert.Equal("still there", (await second.End()).Output);
        serve.Interrupt();
        Assert.Equal(0, (await serve.End()).ExitCode);
    }

    [Theory]
    [InlineData("relay udp://127.0.0.1:PORT udp://127.0.0.1:PORT")]
    [InlineData("relay udp://0.0.0.0:PORT udp://localhost:PORT")]
    [InlineData("relay udp://127.0.0.1:PORT udp://0.0.0.0:PORT")]
    public async Task A_relay_at_itself_is_refused(string relay)
    {
        string[] words = relay.Replace("PORT", $"{Ports.Free()}", StringComparison.Ordinal).Split(' ');
        Nlab.Ended link = await Nlab.Run("link", words[1], words[2], "--link", "delay=1ms", "--allow-remote");
        Assert.Equal((2, 1), (link.ExitCode, Lines(link.Errors)));
        Assert.Contains("circle", link.Errors, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Relays_at_each_other_are_refused_in_one_lab_and_fall_silent_in_two()
    {
        int[] ports = [Ports.Free(), Ports.Free()];
        using Nlab first = Nlab.Start(null, "link", $"udp://127.0.0.1:{ports[0]}", $"udp://127.0.0.1:{ports[1]}", "--link", "delay=1ms,duplicate=10%", "--json");
        await first.Listening();
        using Nlab second = Nlab.Start(null, "link", $"udp://127.0.0.1:{ports[1]}", $"udp://127.0.0.1:{ports[0]}", "--link", "delay=1ms,duplicate=10%", "--json");
        await second.Listening();
        using var socket = new UdpClient(AddressFamily.InterNetwork);
        await socket.SendAsync(new byte[1000], new IPEndPoint(IPAddress.Loopback, ports[0]));

        // A round trip of 600 ms beside them tells that what was before it has long passed.
        using var target = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using Nlab slow = Nlab.Start(null, "link", "udp://127.0.0.1:0", $"udp://{target.Client.LocalEndPoint}", "--link", "delay=300ms");
        string listening = await slow.Listening();
        int port = int.Parse(Port().Match(listening).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        await socket.SendAsync("ping"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port));
        UdpReceiveResult asked = await target.ReceiveAsync();
        await target.SendAsync(asked.Buffer, asked.RemoteEndPoint);
        await socket.ReceiveAsync();
        first.Interrupt();
        second.Interrupt();
        foreach (Nlab relay in (Nlab[])[first, second])
        {
            string report = (await relay.End()).Output;
            Assert.InRange(int.Parse(Entered().Match(report).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 1, 100);
        }

        Nlab.Ended lab = await Nlab.Run("serve", "--set", "Lab:Services=", "--set", $"Lab:Relays:0:Listen=udp://127.0.0.1:{ports[0]}", "--set", $"Lab:Relays:0:Target=udp://127.0.0.1:{ports[1]}",
            "--set", $"Lab:Relays:1:Listen=udp://127.0.0.1:{ports[1]}", "--set", $"Lab:Relays:1:Target=udp://127.0.0.1:{ports[0]}");
        Assert.Equal(2, lab.ExitCode);
        Assert.Contains("circle", lab.Errors, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_list_of_the_configuration_is_replaced_by_the_command_line()
    {
        using Nlab serve = Nlab.Start(null, "serve", Services("discard udp://127.0.0.1:0"));
        await serve.Printed("discard  udp://");
        serve.Interrupt();
        Nlab.Ended ended = await serve.End();
        Assert.Equal((0, 1), (ended.ExitCode, Lines(ended.Output)));
    }

    internal static string[] Services(params string[] services) =>
    [
        "--set", "Lab:Services=[]", "--set", "Lab:Relays=[]",
        .. services.SelectMany((s, i) => new[] { "--set", $"Lab:Services:{i}:Kind={s.Split(' ')[0]}", "--set", $"Lab:Services:{i}:Address={s.Split(' ')[1]}" }),
    ];

    private static int Lines(string text) => text.TrimEnd().Split('\n').Length;

    [GeneratedRegex(@"tcp://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@":(\d+) →")]
    private static partial Regex Port();

    [GeneratedRegex("\"entered\": ?(\\d+)")]
    private static partial Regex Entered();
}
