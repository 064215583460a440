using NetLab.Osi.Tests;
namespace NetLab.Host.Tests;

/// <summary>Wireshark's side: with nlab.lua it shows NetLab's TCP over UDP with its own TCP dissector.</summary>
public sealed class WiresharkTests
{
    private static readonly string[] Fields = ["tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.len"];

    private static string Script => Path.Combine(Folders.Root, "NetLab.Osi", "Wireshark", "nlab.lua");

    [TsharkTheory]
    [InlineData("http")]
    [InlineData("lost-segments")]
    public async Task The_script_shows_the_same_segments_as_the_recording_without_udp_headers(string recording)
    {
        string[] overUdp = await Segments(Path.Combine(Folders.Captures, recording + ".pcapng"));
        string[] asTcp = await Segments(Path.Combine(Folders.Captures, recording + "-as-tcp.pcapng"));

        // The first was recorded at both ends, the second at the sender alone.
        Assert.NotEmpty(asTcp);
        Assert.Subset(overUdp.ToHashSet(), asTcp.ToHashSet());
    }

    [TsharkFact]
    public async Task Http_above_it_is_seen_and_other_datagrams_are_left_alone()
    {
        Assert.Contains("GET", await Tshark.Run(
            Path.Combine(Folders.Captures, "http.pcapng"), "-X", $"lua_script:{Script}", "-Y", "http.request", "-T", "fields", "-e", "http.request.method"));
        Assert.Empty(await Tshark.Run(Path.Combine(Folders.Captures, "udp-flow.pcapng"), "-X", $"lua_script:{Script}", "-Y", "nlab"));
        Assert.Empty(await Tshark.Run(Path.Combine(Folders.Captures, "dns.pcapng"), "-X", $"lua_script:{Script}", "-Y", "nlab"));
    }

    private static Task<string[]> Segments(string file) =>
        Tshark.Run(file, ["-X", $"lua_script:{Script}", "-Y", "tcp", "-T", "fields", .. Fields.SelectMany(f => (string[])["-e", f])]);
}
