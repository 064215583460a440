using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;
using Xunit.Abstractions;

namespace NetLab.Osi.Tests.Filters;

/// <summary>What a filter says of expressions that make no sense, and that no expression and no packet makes it throw.</summary>
public sealed class DisplayFilterTests(ITestOutputHelper log)
{
    /// <summary>What a packet's bytes can say, a filter can ask for.</summary>
    [Fact]
    public void No_field_takes_fewer_bytes_in_a_filter_than_in_a_packet() =>
        Assert.All(BuiltInProtocols.Registry.Fields.Where(f => f.Size is > 0 and <= 8), f => Assert.True(f.Width >= f.Size, $"{f.FilterName}: {f.Width} of {f.Size}"));

    [Theory]
    [InlineData("ip.srx == 1", 1, "ip.src")]
    [InlineData("tcp.port == 80 and ip.srx", 20, "ip.src")]
    [InlineData("tcp.port ==", 12, "ends")]
    [InlineData("tcp.port == 80 &&", 18, "ends")]
    [InlineData("tcp.port == http", 10, "compared")]
    [InlineData("tcp.port == x", 13, "whole number")]
    [InlineData("ip.src == 10.0.0", 11, "IPv4 address")]
    [InlineData("ip.src == 10.0.0.0/33", 11, "IPv4 address")]
    [InlineData("eth.src == 00:1b:21", 12, "hardware address")]
    [InlineData("http.host == \"a", 14, "does not end")]
    [InlineData("http.host matches \"(a\"", 19, "regular expression")]
    [InlineData("http.host matches \"(a)\\\\1\"", 19, "regular expression")]
    [InlineData("http.host matches \"\\.\"", 20, "escape")]
    [InlineData("ip.src contains 1", 8, "contains")]
    [InlineData("ip.ttl[0] == 1", 7, "slice")]
    [InlineData("tcp.port in {80 443}", 17, "expected")]
    [InlineData("tcp.port in {}", 14, "expected")]
    [InlineData("(tcp", 5, "expected")]
    [InlineData("tcp)", 4, "expected")]
    [InlineData("1 == 1", 1, "field")]
    [InlineData("tcp.port > ip.src", 10, "compared")]
    [InlineData("tcp.analysis.retransmission == 1", 29, "there or not")]
    [InlineData("tcp.port == 80 xor udp", 16, "expected")]
    [InlineData("§", 1, "begins nothing")]
    public void A_wrong_expression_is_one_line_that_names_the_place(string expression, int place, string word)
    {
        Assert.False(DisplayFilter.TryParse(expression, null, out _, out string? error));
        Assert.StartsWith($"at character {place}: ", error, StringComparison.Ordinal);
        Assert.Contains(word, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("tcp.port == 99999999", 13, "'99999999' is too big for tcp.port: at most 65535")]
    [InlineData("tcp.port == 65536", 13, "65535")]
    [InlineData("tcp.port != 0x10000", 13, "65535")]
    [InlineData("tcp.port > 70000", 12, "65535")]
    [InlineData("udp.srcport in {53, 1..70000}", 24, "65535")]
    [InlineData("udp.srcport not in {70000}", 21, "65535")]
    [InlineData("tcp.port + 70000 == 80", 12, "65535")]
    [InlineData("tcp.port + 1 == 70000", 17, "65535")]
    [InlineData("abs(tcp.srcport) == 70000", 21, "65535")]
    [InlineData("tcp.srcport & 65536 == 1", 15, "65535")]
    [InlineData("icmp.type == 256", 14, "at most 255")]
    [InlineData("ip.version == 256", 15, "at most 255")]
    [InlineData("tcp.flags == 65536", 14, "at most 65535")]
    [InlineData("dns.count.answers == 65536", 22, "at most 65535")]
    [InlineData("tcp.seq == 4294967296", 12, "at most 4294967295")]
    [InlineData("frame.number == 4294967296", 17, "at most 4294967295")]
    [InlineData("tcp.port == 18446744073709551616", 13, "at most 65535")]
    [InlineData("tcp.port == 999999999999999999999999999999999999999999999999", 13, "at most 65535")]
    [InlineData("tcp.flags.syn == 18446744073709551616", 18, "too big")]
    [InlineData("len(tcp.payload) == 5000000000", 21, "at most 4294967295")]
    [InlineData("count(tcp.port) == 5000000000", 20, "at most 4294967295")]
    [InlineData("tcp.port == -70000", 14, "at least 0")]
    [InlineData("ntp.precision == 2147483648", 18, "at most 127")]
    [InlineData("snmp.request_id == 2147483648", 20, "at most 2147483647")]
    [InlineData("snmp.request_id == -2147483649", 21, "at least -2147483648")]
    public void A_number_that_a_field_cannot_have_is_refused(string expression, int place, string word)
    {
        Assert.False(DisplayFilter.TryParse(expression, null, out _, out string? error));
        Assert.StartsWith($"at character {place}: ", error, StringComparison.Ordinal);
        Assert.Contains(word, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("tcp.port == 65535 and tcp.port != 0")]
    [InlineData("ip.version == 255 and ip.ttl <= 0xff")]
    [InlineData("tcp.port > -1")]
    [InlineData("tcp.len & 70000")]
    [InlineData("tcp.flags.syn == 2")]
    [InlineData("snmp.request_id == -2 and tcp.seq <= 4294967295")]
    [InlineData("len(tcp.payload) > 70000 and eth.src[0] == 1")]
    public void A_number_that_a_field_can_have_is_taken(string expression) => Assert.True(DisplayFilter.TryParse(expression, null, out _, out string? error), error);

    [Theory]
    [InlineData("tcp.port == 80", false)]
    [InlineData("ip.src == 10.0.0.0/8 and eth.type == 0x800", false)]
    [InlineData("udp or arp", false)]
    [InlineData("tcp.stream == 1", true)]
    [InlineData("tcp.analysis.retransmission", true)]
    [InlineData("http", true)]
    [InlineData("dns.qry.name contains \"a\"", true)]
    public void Only_what_needs_streams_has_them_followed(string expression, bool needs) => Assert.Equal(needs, DisplayFilter.Parse(expression).NeedsStreams);

    [Fact]
    public void Expressions_put_together_at_random_are_read_or_refused_and_never_throw_anything_else()
    {
        int seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] words =
        [
            "tcp.port", "ip.src", "ip.addr", "http.host", "dns.qry.name", "eth.src", "tcp", "frame", "frame.time_epoch", "frame.time_relative", "tcp.flags.syn", "tcp.payload", "udp.payload",
            "==", "!=", "===", "!==", ">", "<=", "contains", "matches", "in", "not", "!", "and", "or", "&&", "||", "any", "all", "&", "+", "-", "*", "/", "%", "#", "#1", "#[1-2]",
            "[0:3]", "[1]", "[-2:]", "[:2,3-4]", "[", "]", "(", ")", "{", "}", ",", "..", "80", "0x50", "-1", "10.0.0.0/8", "::1", "fe80::/10", "aa:bb:cc:dd:ee:ff", "01:02", "\"a\\x41\"", "r\"\\d+\"", "'a'",
            "\"", "\\", "1.5", "2020-01-01", "len(", "upper(", "count(", "max(", "string(", "true", "§", "\"(a+)+$\"",
        ];
        List<(byte[] Bytes, DecodedPacket Decoded)> packets = Decoded();
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string expression = string.Join(random.Next(3) == 0 ? "" : " ", Enumerable.Range(0, 1 + random.Next(9)).Select(_ => words[random.Next(words.Length)]));
            if (DisplayFilter.TryParse(expression, null, out DisplayFilter? filter, out string? error))
            {
                read++;
                (byte[] bytes, DecodedPacket decoded) = packets[random.Next(packets.Count)];
                filter.Matches(decoded, bytes);
            }
            else
            {
                Assert.False(string.IsNullOrEmpty(error), expression);
            }
        }

        log.WriteLine($"{read} of 20000 made sense");
        Assert.True(read > 200);
    }

    [Fact]
    public void Deep_and_long_expressions_are_refused()
    {
        Assert.False(DisplayFilter.TryParse(new string('(', 100_000), null, out _, out _));
        Assert.False(DisplayFilter.TryParse(string.Concat(Enumerable.Repeat("not ", 10_000)) + "tcp", null, out _, out _));
        Assert.True(DisplayFilter.TryParse(string.Join(" or ", Enumerable.Repeat("tcp.port == 80", 1000)), null, out _, out _));
    }

    private static List<(byte[] Bytes, DecodedPacket Decoded)> Decoded()
    {
        var packets = new List<(byte[], DecodedPacket)>();
        var decoder = new PacketDecoder();
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(Folders.Recordings.Order(StringComparer.Ordinal).First()));
        while (packets.Count < 50 && reader.TryRead(out CapturedPacket packet))
        {
            var decoded = new DecodedPacket();
            decoder.Decode(packet, decoded);
            packets.Add((packet.Bytes.ToArray(), decoded));
        }

        return packets;
    }
}
