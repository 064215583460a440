using NetLab.Host.Names;

namespace NetLab.Host.Tests.Names;

/// <summary>What a server of names answers, bytes in and bytes out.</summary>
public sealed class DnsResponderTests
{
    private readonly DnsResponder _responder = new(ZoneFile.Read(LabZone.Text));

    [Theory]
    [InlineData("www.lab.test", "A", "www.lab.test. 60 A 127.0.0.2|www.lab.test. 60 A 127.0.0.3")]
    [InlineData("www.lab.test", "AAAA", "www.lab.test. 3600 AAAA ::1")]
    [InlineData("alias.lab.test", "AAAA", "alias.lab.test. 3600 CNAME www.lab.test.|www.lab.test. 3600 AAAA ::1")]
    [InlineData("alias.lab.test", "CNAME", "alias.lab.test. 3600 CNAME www.lab.test.")]
    [InlineData("txt.lab.test", "TXT", "txt.lab.test. 3600 TXT \"hello; world\" \"two\"")]
    [InlineData("lab.test", "MX", "lab.test. 3600 MX 10 mail.lab.test.")]
    [InlineData("lab.test", "NS", "lab.test. 3600 NS ns.lab.test.")]
    [InlineData("lab.test", "SOA", "lab.test. 3600 SOA ns.lab.test. admin.lab.test. 2026010101 3600 600 86400 30")]
    [InlineData("_sip._udp.lab.test", "SRV", "_sip._udp.lab.test. 3600 SRV 1 2 5060 mail.lab.test.")]
    [InlineData("2.0.0.127.in-addr.arpa", "PTR", "2.0.0.127.in-addr.arpa. 3600 PTR www.lab.test.")]
    [InlineData("b.a.wild.lab.test", "A", "b.a.wild.lab.test. 3600 A 127.0.0.9")]
    [InlineData("caa.lab.test", "TYPE257", "caa.lab.test. 3600 TYPE257 \\# 11 00056973737565786D706C")]
    [InlineData("loop.lab.test", "A", "loop.lab.test. 3600 CNAME loop2.lab.test.|loop2.lab.test. 3600 CNAME loop.lab.test.")]
    [InlineData("out.lab.test", "A", "out.lab.test. 3600 CNAME www.example.com.")]
    public void What_is_there_is_answered(string name, string type, string expected)
    {
        DnsAnswer answer = _responder.Ask(name, type, 1232);
        Assert.Equal(expected, Text(answer.Answers));
        Assert.Equal(ResponseCode.NoError, answer.Code);
        Assert.True(answer.Header.Has(DnsHeader.Authoritative));
        Assert.False(answer.Header.Has(DnsHeader.Truncated));
    }

    [Theory]
    [InlineData("nope.lab.test", "A", ResponseCode.NameError, 0)]
    [InlineData("www.lab.test", "TXT", ResponseCode.NoError, 0)]
    [InlineData("deep.tree.lab.test", "A", ResponseCode.NoError, 0)]
    [InlineData("wild.lab.test", "A", ResponseCode.NoError, 0)]
    [InlineData("gone.lab.test", "A", ResponseCode.NameError, 1)]
    public void A_denial_brings_the_SOA_and_how_long_it_lives(string name, string type, int code, int aliases)
    {
        DnsAnswer answer = _responder.Ask(name, type);
        Assert.Equal((code, aliases), (answer.Code, answer.Answers.Count));

        // RFC 2308, 3: the lesser of the SOA's own lifetime and its minimum.
        Assert.Equal("lab.test. 30 SOA ns.lab.test. admin.lab.test. 2026010101 3600 600 86400 30", Text(answer.Authority));
    }

    [Fact]
    public void What_another_knows_is_handed_on_with_the_way_there()
    {
        DnsAnswer answer = _responder.Ask("x.sub.lab.test", "A");
        Assert.Equal("sub.lab.test. 3600 NS ns.sub.lab.test.", Text(answer.Authority));
        Assert.Equal("ns.sub.lab.test. 3600 A 127.0.0.5", Text(answer.Additional));
        Assert.False(answer.Header.Has(DnsHeader.Authoritative));
        Assert.Empty(answer.Answers);
    }

    [Fact]
    public void The_spelling_of_the_question_is_kept()
    {
        DnsAnswer answer = _responder.Ask("wWw.LaB.tESt", "A");
        Assert.All(answer.Answers, a => Assert.Equal("wWw.LaB.tESt.", a.Name));
        Assert.Equal("wWw.LaB.tESt.", answer.Question!.Name.ToString());
    }

    [Theory]
    [InlineData("long.lab.test", null, true, 512)]
    [InlineData("long.lab.test", 512, true, 512)]
    [InlineData("long.lab.test", 1, true, 512)]
    [InlineData("long.lab.test", 1232, false, 1232)]
    [InlineData("longer.lab.test", 4096, true, 1232)]
    public void A_datagram_is_as_long_as_its_receiver_and_every_path_take(string name, int? size, bool isCut, int limit)
    {
        byte[] bytes = _responder.Answer(DnsAsk.Query(name, "TXT", size));
        DnsAnswer answer = DnsAnswer.Read(bytes)!;
        Assert.Equal(isCut, answer.Header.Has(DnsHeader.Truncated));
        Assert.Equal(isCut ? 0 : 1, answer.Answers.Count);
        Assert.InRange(bytes.Length, 12, limit);
        Assert.Equal(size is null ? null : Edns.MaxSize, answer.Edns?.Size);

        // By a stream the whole of it.
        Assert.Single(_responder.Ask(name, "TXT", size, isStream: true).Answers);
    }

    [Fact]
    public void Everything_is_one_set()
    {
        // RFC 8482, 4.1.
        DnsAnswer answer = _responder.Ask("www.lab.test", "ANY");
        Assert.Equal("www.lab.test. 60 A 127.0.0.2|www.lab.test. 60 A 127.0.0.3", Text(answer.Answers));
    }

    [Theory]
    [InlineData("www.example.com", "A", 1, ResponseCode.Refused)]
    [InlineData("lab.test", "AXFR", 1, ResponseCode.Refused)]
    [InlineData("lab.test", "TXT", 3, ResponseCode.Refused)]
    [InlineData("lab.test", "OPT", 1, ResponseCode.FormatError)]
    [InlineData("lab.test", "TYPE250", 1, ResponseCode.NotImplemented)]
    public void What_is_not_served_is_refused(string name, string type, ushort @class, int code) =>
        Assert.Equal(code, DnsAnswer.Read(_responder.Answer(DnsAsk.Query(name, type, @class: @class)))!.Code);

    [Fact]
    public void Several_questions_are_refused()
    {
        byte[] query = DnsAsk.Query("www.lab.test", "A");
        byte[] two = [.. query, .. query[12..]];
        two[5] = 2;
        DnsAnswer answer = DnsAnswer.Read(_responder.Answer(two))!;
        Assert.Equal(ResponseCode.FormatError, answer.Code);
        Assert.Empty(answer.Answers);
    }

    [Fact]
    public void Another_version_of_EDNS_is_named()
    {
        DnsAnswer answer = DnsAnswer.Read(_responder.Answer(DnsAsk.Query("www.lab.test", "A", 1232, version: 1)))!;
        Assert.Equal(ResponseCode.BadVersion, answer.Code);
        Assert.Empty(answer.Answers);
    }

    [Fact]
    public void A_response_is_no_question()
    {
        // Two servers that answer each other's answers would never end.
        Assert.Empty(_responder.Answer(DnsAsk.Query("www.lab.test", "A", flags: DnsHeader.Response)));
        Assert.Empty(_responder.Answer([1, 2, 3]));
    }

    [Fact]
    public void An_update_is_not_implemented()
    {
        DnsAnswer answer = DnsAnswer.Read(_responder.Answer(DnsAsk.Query("www.lab.test", "A", flags: 5 << 11)))!;
        Assert.Equal((ResponseCode.NotImplemented, 5), (answer.Code, answer.Header.Opcode));
    }

    private static string Text(IEnumerable<DnsAnswerRecord> records) => string.Join('|', records.Select(r => $"{r.Name} {r.Ttl} {r.Type} {r.Data}"));
}
