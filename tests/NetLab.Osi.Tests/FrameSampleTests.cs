using System.Globalization;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Tests;

/// <summary>Protocols of links, routes and tunnels on frames made from their specifications: what is found in them, whole, cut and damaged.</summary>
public sealed class FrameSampleTests
{
    public static TheoryData<FrameSample> Samples => new(FrameSamples.All);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Fields_are_found(FrameSample sample) => Assert.Equal(Normal(sample.Values), Normal(sample.Decode()));

    [TsharkFact]
    public void Tshark_finds_the_same()
    {
        List<string> differences = [];
        foreach (IGrouping<int, FrameSample> group in FrameSamples.All.GroupBy(s => s.LinkType))
        {
            FrameSample[] samples = [.. group];
            string[] columns = [.. samples.SelectMany(s => s.Columns.Split(',')).Distinct()];
            string[] rows = Ask(samples, columns);
            for (int i = 0; i < samples.Length; i++)
            {
                string[] judged = rows[i].Split('\t');
                string[] mine = samples[i].Values.Split('|');
                string[] names = samples[i].Columns.Split(',');
                for (int c = 0; c < names.Length; c++)
                {
                    string theirs = judged[Array.IndexOf(columns, names[c])];
                    if (Normal(theirs) != Normal(mine[c]))
                    {
                        differences.Add($"{samples[i].Name}, {names[c]}: tshark {theirs}, here {mine[c]}");
                    }
                }
            }
        }

        Assert.Empty(differences);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Nothing_throws_when_they_are_cut_or_damaged(FrameSample sample)
    {
        byte[] frame = sample.Bytes;
        var random = new Random(4321);
        for (int length = 0; length <= frame.Length; length++)
        {
            Take(sample.LinkType, frame[..length], frame.Length);
            Take(sample.LinkType, frame[..length], length);
        }

        for (int round = 0; round < 500; round++)
        {
            byte[] changed = [.. frame];
            for (int changes = random.Next(1, 5); changes > 0; changes--)
            {
                changed[random.Next(changed.Length)] = random.Next(3) switch { 0 => 0, 1 => 0xFF, _ => (byte)random.Next(256) };
            }

            Take(sample.LinkType, changed, changed.Length + random.Next(3));
        }
    }

    [Fact]
    public void A_list_that_says_it_is_longer_than_the_frame_ends_with_it()
    {
        // A cut frame says what is missing, and shows what is there.
        FrameSample whole = FrameSamples.All.First(s => s.Name == "lldp");
        byte[] cut = whole.Bytes[..^20];
        var decoded = new DecodedPacket();
        new PacketDecoder().Decode(new CapturedPacket(1, new CaptureInterface(1, 0), 0, cut.Length, cut), decoded);
        Assert.Equal(Model.DecodeStopReason.BadLength, decoded.Stop?.Reason);
        new PacketDecoder().Decode(new CapturedPacket(1, new CaptureInterface(1, 0), 0, whole.Bytes.Length, cut), decoded);
        Assert.Equal(Model.DecodeStopReason.CutByCapture, decoded.Stop?.Reason);
        Assert.Equal("lldp", decoded.Entries[^1].Protocol.Name);
    }

    private static string[] Ask(FrameSample[] samples, string[] columns)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, PcapFile.Of(samples.Select((s, i) => (i * 1000L, s.Bytes)), (uint)samples[0].LinkType));
            return OtherTools.Run("tshark", ["-n", "-r", file, "-T", "fields", "-E", "occurrence=a", .. columns.SelectMany(c => (string[])["-e", c])]).Split('\n');
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Numbers are compared as numbers, bytes without their colons.
    private static string Normal(string cells) => string.Join('|', cells.Split('|').Select(NormalCell));

    private static string NormalCell(string cell) => string.Join(',', cell.Split(',').Select(value =>
        value is "True" or "False" ? value == "True" ? "1" : "0"
        : value.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(value.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number) ? $"{number}"
        : value.Replace(":", "", StringComparison.Ordinal)));

    private static void Take(int linkType, byte[] bytes, int original)
    {
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        using var json = new JsonLines(Stream.Null);
        decoder.Decode(new CapturedPacket(1, new CaptureInterface(linkType, 0), 0, original, bytes), decoded);
        json.Begin(decoded);
        PacketDecoder.Describe(bytes, decoded, json);
        json.End(decoded);
        new PacketSummary().Line(decoded, bytes);
        PacketDecoder.Describe(bytes, decoded, new AllFields());
    }
}
