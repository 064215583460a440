using NetLab.Host.Names;

namespace NetLab.Host.Tests.Names;

/// <summary>A zone that makes no sense is one line that says where and why.</summary>
public sealed class ZoneFileTests
{
    private const string Head = "$ORIGIN lab.test.\n$TTL 60\n@ SOA ns admin 1 1h 10m 1d 30\n@ NS ns\n";

    [Theory]
    [InlineData("www A 1", "line 5: www.lab.test. A: '1' is no IPv4 address")]
    [InlineData("www AAAA 127.0.0.1", "line 5: www.lab.test. AAAA: '127.0.0.1' is no IPv6 address")]
    [InlineData("www MX mail", "a preference and a name belongs here")]
    [InlineData("www MX 70000 mail", "'70000' is no number from 0 to 65535")]
    [InlineData("www TXT \"open", "a quotation mark is opened and not closed")]
    [InlineData("www TXT ( a\nb", "line 5: a parenthesis is opened and never closed")]
    [InlineData("www TXT a )", "a parenthesis that was not opened")]
    [InlineData("www NOPE x", "'NOPE' is no type of record")]
    [InlineData("www", "www.lab.test. has no type")]
    [InlineData("www CH TXT x", "class CH: only IN is served")]
    [InlineData("www 99999999999 A 127.0.0.1", "is no lifetime")]
    [InlineData("www A 127.0.0.1\nwww 5 A 127.0.0.2", "line 6: www.lab.test. A: lifetimes 60 and 5")]
    [InlineData("www CNAME a\nwww A 127.0.0.1", "line 6: www.lab.test. has a CNAME, and then nothing else")]
    [InlineData("www CNAME a\nwww CNAME b", "line 6: www.lab.test. has several CNAME records")]
    [InlineData("a..b A 127.0.0.1", "'a..b': a label is empty")]
    [InlineData("www.example.com. A 127.0.0.1", "is in none of the zones lab.test.")]
    [InlineData("@ SOA ns admin 1 1h 10m 1d 30", "lab.test. has a second SOA")]
    [InlineData("$INCLUDE other", "the directives are $ORIGIN and $TTL")]
    [InlineData("w\\999w A 127.0.0.1", "an octet is a character of ASCII")]
    [InlineData("x TYPE65280 \\# 2 00", "\\# is followed by a length")]
    [InlineData("x A \\# 2 0000", "A: the data are not of this type")]
    public void What_is_wrong_is_named(string line, string said) =>
        Assert.Contains(said, Assert.Throws<ZoneException>(() => ZoneFile.Read(Head + line)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_label_has_63_octets_and_a_name_255()
    {
        Assert.Contains("63 octets", Assert.Throws<ZoneException>(() => ZoneFile.Read($"{Head}{new string('a', 64)} A 127.0.0.1")).Message, StringComparison.Ordinal);
        string four = string.Join('.', Enumerable.Repeat(new string('a', 63), 4));
        Assert.Contains("255 octets", Assert.Throws<ZoneException>(() => ZoneFile.Read($"{Head}{four} A 127.0.0.1")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "there is no SOA record")]
    [InlineData("lab.test. 60 SOA ns.lab.test. a.lab.test. 1 2 3 4 5", "lab.test. has no NS record")]
    [InlineData("  A 127.0.0.1", "the first record has no name")]
    [InlineData("www.lab.test. A 127.0.0.1", "has no lifetime, and no $TTL stands above")]
    public void A_zone_begins_with_its_SOA_and_has_a_server(string text, string said) =>
        Assert.Contains(said, Assert.Throws<ZoneException>(() => ZoneFile.Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_keep_what_was_escaped()
    {
        Assert.True(DomainName.TryParse(@"a\.b.c\065\000.lab.test.", DomainName.Root, out DomainName name, out _));
        Assert.Equal(@"a\.b.cA\000.lab.test.", name.ToString());
        Assert.True(DomainName.TryParse(name.ToString(), DomainName.Root, out DomainName again, out _));
        Assert.Equal(name, again);
    }

    [Fact]
    public void A_name_is_within_another_at_a_label_only()
    {
        Assert.True(Name("www.lab.test").IsWithin(Name("LAB.test")));
        Assert.True(Name("lab.test").IsWithin(Name("lab.test")));
        Assert.False(Name("mylab.test").IsWithin(Name("lab.test")));
        Assert.False(Name("test").IsWithin(Name("lab.test")));
        static DomainName Name(string text) => DomainName.TryParse(text, DomainName.Root, out DomainName name, out string? error) ? name : throw new InvalidOperationException(error);
    }
}
