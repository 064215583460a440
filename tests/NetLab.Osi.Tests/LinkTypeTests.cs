using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests;

/// <summary>Every link type has a name, and what only adds a byte before another is taken apart like it.</summary>
public sealed class LinkTypeTests
{
    private const string Ip = "4500001d000140004011b6cbc0000201c0000202000100020009000078";

    // The registry of link types (IANA, and www.tcpdump.org/linktypes.html): 0 to 10, 50, 51, and 99 to 303 without a gap.
    [Fact]
    public void Every_link_type_that_is_assigned_has_a_name_of_its_own()
    {
        int[] numbers = [.. Enumerable.Range(0, 11), 50, 51, .. Enumerable.Range(99, 205)];
        Assert.DoesNotContain(numbers, n => LinkTypes.AssignedName(n) is null);
        Assert.Equal(numbers.Length, numbers.Select(LinkTypes.AssignedName).Distinct().Count());
        Assert.Null(LinkTypes.AssignedName(60_000));
    }

    [Theory]
    [InlineData(275, "DisplayPort auxiliary channel")]
    [InlineData(277, "Sercos monitor")]
    [InlineData(283, "802.15.4 with TAP header")]
    [InlineData(290, "Windows event tracing")]
    [InlineData(298, "Silicon Labs debug channel")]
    public void One_that_is_not_taken_apart_is_named_with_its_number(int number, string name)
    {
        DecodedPacket decoded = Decode(number, "00010203");
        Assert.Contains($"link type {number} ({name})", $"{decoded.Stop}", StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_nobody_knows_is_told_by_its_number_alone() => Assert.Contains("link type 60000 at", $"{Decode(60_000, "00").Stop}", StringComparison.Ordinal);

    [Theory]
    [InlineData(204, "00ff030021")]
    [InlineData(205, "010f000800")]
    [InlineData(206, "01184103cc")]
    [InlineData(219, "00064140")]
    public void A_byte_of_direction_or_a_label_before_ip_is_passed(int number, string before)
    {
        DecodedPacket decoded = Decode(number, before + Ip);
        Assert.Contains(decoded.Entries.ToArray(), e => e.Protocol.Name == "udp");
    }

    private static DecodedPacket Decode(int linkType, string hex)
    {
        var decoded = new DecodedPacket();
        byte[] bytes = Convert.FromHexString(hex);
        new PacketDecoder().Decode(new CapturedPacket(1, new CaptureInterface(linkType, 0), 0, bytes.Length, bytes), decoded);
        return decoded;
    }
}
