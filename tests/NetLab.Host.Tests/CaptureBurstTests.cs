using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NetLab.Host.Tests.Experiments;

namespace NetLab.Host.Tests;

/// <summary>What a capture on loopback keeps of bursts, and what it says that it did not: together it is what was sent.</summary>
public sealed partial class CaptureBurstTests
{
    private const int Count = 20_000;

    /// <summary>With a buffer that is large, and with one that much of it finds no room in.</summary>
    [CaptureTheory]
    [InlineData("32M")]
    [InlineData("512K")]
    public async Task Each_datagram_is_kept_or_counted_as_dropped_once(string buffer)
    {
        using var target = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        target.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)target.LocalEndPoint!).Port;
        using Nlab capture = Nlab.Start(null, "capture", CaptureRight.Loopback, "--filter", $"udp port {port}", "--buffer", buffer, "-w", "-");
        await capture.Complained("capturing on");
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        byte[] datagram = new byte[1_000];
        for (int i = 0; i < Count; i++)
        {
            client.SendTo(datagram, target.LocalEndPoint);
        }

        capture.Interrupt();
        string errors = (await capture.End()).Errors;
        Match said = Said().Match(errors);
        Assert.True(said.Success, errors);
        Assert.Equal(Count, Number(said, 1) + Number(said, 2));
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex("^([0-9,]+) packets, ([0-9,]+) dropped", RegexOptions.Multiline)]
    private static partial Regex Said();
}
