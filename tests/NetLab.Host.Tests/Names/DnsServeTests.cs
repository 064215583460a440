using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using DnsClient;
using DnsClient.Protocol;

namespace NetLab.Host.Tests.Names;

/// <summary>The service of <c>nlab serve</c> as dig, DnsClient and nlab's own verb find it.</summary>
public sealed partial class DnsServeTests : IAsyncLifetime, IDisposable
{
    private readonly Nlab _serve = Nlab.Start(
        null, "serve", ["--set", "Lab:Services=[]", "--set", "Lab:Services:0:Kind=dns", "--set", "Lab:Services:0:Address=udp://127.0.0.1:0",
            .. LabZone.Lines.SelectMany((line, i) => new[] { "--set", $"Lab:Services:0:Zone:{i:000}={line}" }),
            "--set", "Lab:Services:1:Kind=http", "--set", "Lab:Services:1:Address=kernel-tcp://127.0.0.1:0"]);

    private string _server = "";
    private string _http = "";
    private int _port;

    public async Task InitializeAsync()
    {
        await _serve.Printed("http     kernel-tcp://");
        await _serve.Printed("\n");
        string said = _serve.OutputSoFar();
        _server = Address().Match(said).Value;
        _http = HttpAddress().Match(said).Value;
        _port = int.Parse(_server[(_server.LastIndexOf(':') + 1)..]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _serve.Dispose();

    [ToolFact("dig")]
    public async Task Dig_is_answered()
    {
        Assert.Equal("127.0.0.2\n127.0.0.3\n", await Dig("+short", "www.lab.test", "A"));
        Assert.Equal("::1\n", await Dig("+short", "www.lab.test", "AAAA"));
        Assert.Equal("\"hello; world\" \"two\"\n", await Dig("+short", "txt.lab.test", "TXT"));
        Assert.Equal("1 2 5060 mail.lab.test.\n", await Dig("+short", "_sip._udp.lab.test", "SRV"));
        Assert.Equal("www.lab.test.\n", await Dig("+short", "-x", "127.0.0.2"));
        string denied = await Dig("nope.lab.test");
        Assert.Contains("status: NXDOMAIN", denied, StringComparison.Ordinal);
        Assert.Matches(@"lab\.test\.\s+30\s+IN\s+SOA", denied);

        // Cut at 512, and then asked for by TCP.
        string cut = await Dig("+bufsize=512", "+ignore", "long.lab.test", "TXT");
        Assert.Matches(@"flags: qr aa tc rd;", cut);
        Assert.Contains("(UDP)", cut, StringComparison.Ordinal);
        string whole = await Dig("+bufsize=512", "long.lab.test", "TXT");
        Assert.Contains("(TCP)", whole, StringComparison.Ordinal);
        Assert.Contains(new string('d', 200), whole, StringComparison.Ordinal);

        // EDNS lets it be longer, up to what every path carries.
        string large = await Dig("+bufsize=4096", "+ignore", "long.lab.test", "TXT");
        Assert.Contains("(UDP)", large, StringComparison.Ordinal);
        Assert.Contains("udp: 1232", large, StringComparison.Ordinal);
        Assert.Contains(new string('d', 200), large, StringComparison.Ordinal);
        Assert.Contains("(TCP)", await Dig("+bufsize=4096", "longer.lab.test", "TXT"), StringComparison.Ordinal);
        Assert.Contains("status: BADVERS", await Dig("+edns=1", "+noednsnegotiation", "www.lab.test"), StringComparison.Ordinal);
        Assert.Contains("wWw.LaB.test.", await Dig("wWw.LaB.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DnsClient_is_answered()
    {
        var client = new LookupClient(new LookupClientOptions(new IPEndPoint(IPAddress.Loopback, _port)) { UseCache = false, ThrowDnsErrors = false });
        Assert.Equal(["127.0.0.2", "127.0.0.3"], (await client.QueryAsync("www.lab.test", QueryType.A)).Answers.ARecords().Select(a => a.Address.ToString()).Order());
        Assert.Equal("www.lab.test.", (await client.QueryAsync("alias.lab.test", QueryType.AAAA)).Answers.CnameRecords().Single().CanonicalName.Value);
        MxRecord mail = (await client.QueryAsync("lab.test", QueryType.MX)).Answers.MxRecords().Single();
        Assert.Equal((10, "mail.lab.test.", 3600), (mail.Preference, mail.Exchange.Value, mail.TimeToLive));
        SoaRecord soa = (await client.QueryAsync("lab.test", QueryType.SOA)).Answers.SoaRecords().Single();
        Assert.Equal((2026010101u, 30u), (soa.Serial, soa.Minimum));
        Assert.Equal(12, (await client.QueryAsync("longer.lab.test", QueryType.TXT)).Answers.TxtRecords().Single().Text.Count);
        Assert.Equal("www.lab.test.", (await client.QueryReverseAsync(IPAddress.Parse("127.0.0.2"))).Answers.PtrRecords().Single().PtrDomainName.Value);
        IDnsQueryResponse denied = await client.QueryAsync("nope.lab.test", QueryType.A);
        Assert.Equal(DnsHeaderResponseCode.NotExistentDomain, denied.Header.ResponseCode);
        Assert.Single(denied.Authorities.SoaRecords());
    }

    [Fact]
    public async Task The_verb_asks_and_repeats_and_turns_to_TCP()
    {
        Nlab.Ended whole = await Nlab.Run("dns", _server, "longer.lab.test", "TXT", "--json");
        using JsonDocument answer = JsonDocument.Parse(whole.Output);
        Assert.Equal((0, "NOERROR", true), (whole.ExitCode, answer.RootElement.GetProperty("status").GetString(), answer.RootElement.GetProperty("stream").GetBoolean()));

        // The first datagram is lost on a link, and the second arrives.
        Nlab.Ended lost = await Nlab.Run("dns", _server, "www.lab.test", "--link", "up.drop=ANY#1", "--timeout", "300ms", "--seed", "1");
        Assert.Equal(0, lost.ExitCode);
        Assert.Contains("by 2 datagrams", lost.Output, StringComparison.Ordinal);
        Nlab.Ended denied = await Nlab.Run("dns", _server, "nope.lab.test");
        Assert.Equal(1, denied.ExitCode);
        Assert.StartsWith("NXDOMAIN  nope.lab.test. A  flags aa rd", denied.Output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.2", (await Nlab.Run("dns", _server.Replace("udp", "kernel-tcp", StringComparison.Ordinal), "www.lab.test")).Output, StringComparison.Ordinal);

        // What it did is counted.
        string metrics = (await Nlab.Run("http", "GET", _http + "/metrics")).Output;
        Assert.Matches(@"netlab_service_answers_without_name_total\{[^}]*service=""dns-udp""[^}]*\} 1\b", metrics);
        Assert.Matches(@"netlab_service_answers_truncated_total\{[^}]*\} 1\b", metrics);
    }

    [Fact]
    public async Task A_zone_comes_over_http_and_a_file_does_not()
    {
        string lines = JsonSerializer.Serialize(new[] { "$ORIGIN b.test.", "$TTL 5", "@ SOA ns a 1 2 3 4 5", "@ NS ns", "ns A 127.0.0.7" });
        Nlab.Ended made = await Nlab.Run("http", "POST", _http + "/services", "--data", $$"""{"name":"second","kind":"dns","address":"udp://127.0.0.1:0","zone":{{lines}}}""");
        Assert.Equal(0, made.ExitCode);
        Assert.Contains("127.0.0.7", (await Nlab.Run("dns", Address().Match(made.Output).Value, "ns.b.test")).Output, StringComparison.Ordinal);
        Nlab.Ended refused = await Nlab.Run("http", "POST", _http + "/services", "--data", """{"name":"third","kind":"dns","address":"udp://127.0.0.1:0","zone_file":"/etc/passwd"}""");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("the configuration alone names files", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_questions_end_their_stream_and_nothing_else()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        await client.GetStream().WriteAsync(new byte[] { 0, 3, 1, 2, 3 });
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[10]));
        Assert.Equal(0, (await Nlab.Run("dns", _server, "www.lab.test")).ExitCode);
    }

    [Theory]
    [InlineData("Lab:Services:0:Zone=x", "Lab:Services:0:Zone: is a list, and not 'x'")]
    [InlineData("Lab:Services:0:Zone:0=www A 127.0.0.1", "Lab:Services:0: Zone: line 1: www. has no lifetime")]
    [InlineData("Lab:Services:0:ZoneFile=/no/such/file", "Lab:Services:0: ZoneFile '/no/such/file': cannot be read")]
    [InlineData("Lab:Services:0:Restart=true", "Lab:Services:0: Zone or ZoneFile: is missing")]
    [InlineData("Lab:Services:0:Policy=random", "Kind 'dns': only a balancer has a policy")]
    public async Task A_zone_that_makes_no_sense_is_one_line(string setting, string said)
    {
        Nlab.Ended ended = await Nlab.Run("serve", "--set", "Lab:Services=[]", "--set", "Lab:Services:0:Kind=dns", "--set", "Lab:Services:0:Address=udp://127.0.0.1:0", "--set", setting);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(said, ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.Trim().Split('\n'));
    }

    private async Task<string> Dig(params string[] words)
    {
        using Process dig = Process.Start(new ProcessStartInfo("dig", ["@127.0.0.1", "-p", $"{_port}", "+time=5", .. words]) { RedirectStandardOutput = true })!;
        string said = await dig.StandardOutput.ReadToEndAsync();
        await dig.WaitForExitAsync();
        return said;
    }

    [GeneratedRegex(@"udp://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"kernel-tcp://127\.0\.0\.1:\d+")]
    private static partial Regex HttpAddress();
}
