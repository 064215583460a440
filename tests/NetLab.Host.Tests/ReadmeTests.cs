using System.CommandLine;
using System.Text.RegularExpressions;
using NetLab.Host.Commands;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests;

/// <summary>What the READMEs tell people to type is understood, runs, and prints what stands below it.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private static readonly string[] Files = ["README.md", "NetLab.Host/README.md", "NetLab.Osi/README.md", "NetLab.Tcp/README.md", "NetLab.Udp/README.md", "NetLab.Host/Experiments/README.md", "NetLab.Host/Cluster/README.md", "captures/README.md"];

    // Short runs of what takes its time: the READMEs' own take seconds, and show nothing else.
    private static readonly (string Words, string[] Added)[] Shorter =
    [
        ("nlab perf --transport udp,kernel-udp --rounds 3", ["--time", "100ms", "--warm-up", "20ms"]),
        ("nlab perf --transport tcp,kernel-tcp --rounds 5", ["--time", "100ms", "--warm-up", "20ms"]),
        ("nlab perf --transport tcp,kernel-tcp --latency", ["--time", "100ms", "--warm-up", "20ms"]),
        ("nlab perf --transport tcp,kernel-tcp --connections", ["--time", "100ms", "--warm-up", "20ms"]),
        ("nlab perf --transport tcp --under-load --link delay=2ms,rate=10M,queue=100p", ["--time", "500ms", "--warm-up", "100ms"]),
        ("nlab perf --transport tcp --congestion cubic,bbr --link delay=10ms,rate=100M --save a.json.gz", ["--time", "300ms", "--warm-up", "50ms"]),
    ];

    // Those that other tests run (all lessons, the link's exactness, devices, which need a right), and servers, which the tests below start with addresses of their own.
    private static readonly string[] Elsewhere =
    [
        "nlab link --self-test", "nlab lab --all --check --seeds 20", "nlab lab bufferbloat --set queue=20 --out pictures",
        "nlab link udp://127.0.0.1:9001 udp://127.0.0.1:9000 --link lte --record lte.path", "nlab link udp://127.0.0.1:9001 udp://127.0.0.1:9000 --link replay=seen.path,seed=7",
        "nlab link --from client.pcapng --from server.pcapng --record seen.path", "nlab dns udp://127.0.0.1:7053 www.lab.test AAAA",
        "nlab balancer kernel-tcp://127.0.0.1:7080 front --drain 127.0.0.1:7082", "nlab perf --transport tun-tcp,kernel-tcp --rounds 5",
        "nlab connect 'tcp://HOST:80?udp=9811&checksum=any' --allow-remote", "nlab listen 'tcp://0.0.0.0:80?udp=9811&checksum=any' --allow-remote",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-readme-");

    /// <summary>All commands of all READMEs.</summary>
    public static IEnumerable<object[]> Commands => Files.SelectMany(file => In(file).Distinct().Select(line => new object[] { file, line }));

    /// <summary>Those that need nobody else, with what they need prepared.</summary>
    public static IEnumerable<object[]> Alone => WithoutOthers.Select(line => new object[] { line });

    private static IReadOnlyList<string> WithoutOthers => [.. Files.SelectMany(In).Where(line => NeedsNobody().IsMatch(line) && !Elsewhere.Contains(line)).Distinct()];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_is_understood(string file, string line)
    {
        RootCommand root = CommandLine.WithAllVerbs();
        ParseResult parsed = root.Parse(Words(line)[1..]);
        Assert.True(parsed.Errors.Count == 0, $"{file}: {line}: {string.Join(' ', parsed.Errors.Select(e => e.Message))}");
        Assert.True(Suggestion.About(parsed, Words(line)[1..]) is null, line);
    }

    [Theory]
    [MemberData(nameof(Alone))]
    public async Task A_command_that_needs_nobody_ends_as_the_text_says(string line)
    {
        Prepare();
        string[] words = [.. Words(line)[1..], .. Shorter.Where(s => s.Words == line).SelectMany(s => s.Added)];
        words = [.. words.Select(w => w.StartsWith("tests/", StringComparison.Ordinal) || w.StartsWith("captures/", StringComparison.Ordinal) ? Path.Combine(Folders.Root, w) : w)];
        Nlab.Ended ended = await Nlab.Run(_folder, words);
        int expected = words.Contains("--break") ? 1 : 0;
        Assert.True(ended.ExitCode == expected, $"{line}: {ended.ExitCode}: {ended.Errors}");
        if (!words.Contains("-Y"))
        {
            Assert.NotEqual("", ended.Output);
        }
    }

    [Fact]
    public void Every_command_is_run_by_a_test()
    {
        string[] bySteps = [.. Bad, .. Http, "nlab send file.bin tcp://127.0.0.1:9000 --pcap-as-tcp run.pcapng"];
        string[] forgotten = [.. Files.SelectMany(In).Distinct().Where(line =>
            !WithoutOthers.Contains(line) && !Elsewhere.Contains(line) && !bySteps.Contains(line) && !line.StartsWith("nlab lab", StringComparison.Ordinal) && !line.StartsWith("nlab serve", StringComparison.Ordinal)
            && !line.StartsWith("nlab node", StringComparison.Ordinal) && !line.StartsWith("nlab on", StringComparison.Ordinal))];
        Assert.Empty(forgotten);
        Assert.Empty(Shorter.Select(s => s.Words).Concat(bySteps).Concat(Elsewhere).Except(Files.SelectMany(In)));
    }

    [UnixFact]
    public async Task The_bad_link_between_two_terminals_carries_the_file()
    {
        Prepare();
        string[] lines = Moved(Bad, 9000, 9001);
        using Nlab receiver = Nlab.Start(_folder.FullName, Words(lines[0])[1..]);
        using Nlab link = Nlab.Start(_folder.FullName, Words(lines[1])[1..]);
        await Task.WhenAll(receiver.Listening(), link.Listening());
        Nlab.Ended sent = await Nlab.Run(_folder, Words(lines[2])[1..]);
        Assert.True(sent.ExitCode == 0, sent.Errors);
        Assert.Equal(0, (await receiver.End()).ExitCode);
        Assert.Equal(await File.ReadAllBytesAsync(At("file.bin")), await File.ReadAllBytesAsync(At("copy.bin")));
        link.Interrupt();
        Assert.Equal(0, (await link.End()).ExitCode);
    }

    [TsharkFact]
    public async Task The_recording_for_Wireshark_has_no_error_for_it()
    {
        Prepare();
        string line = Moved([In("README.md").Single(l => l.Contains("run.pcapng", StringComparison.Ordinal))], 9000)[0];
        using Nlab receiver = Nlab.Start(_folder.FullName, "receive", Words(line)[3], "-o", "copy.bin");
        await receiver.Listening();
        Nlab.Ended sent = await Nlab.Run(_folder, Words(line)[1..]);
        Assert.True(sent.ExitCode == 0, sent.Errors);
        Assert.Equal(0, (await receiver.End()).ExitCode);
        Assert.DoesNotContain(await Tshark.Run(At("run.pcapng"), "-q", "-z", "expert"), l => l.StartsWith("Errors", StringComparison.Ordinal));
    }

    [UnixFact]
    public async Task The_lab_answers_over_HTTP_as_the_text_has_it()
    {
        string[] lines = Moved(Http, 7080, 7107);
        int port = int.Parse(PortOf().Match(lines[0]).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        using Nlab serve = Nlab.Start(null, "serve", ServiceFaultTests.Services($"http tcp://127.0.0.1:{port}", $"http kernel-tcp://127.0.0.1:{port}", "echo tcp://127.0.0.1:0"));
        await serve.Printed("echo     tcp://");
        List<Nlab.Ended> answers = [];
        foreach (string line in lines)
        {
            answers.Add(await Nlab.Run(_folder, Words(line)[1..]));
            Assert.True(answers[^1].ExitCode == 0, $"{line}: {answers[^1].Errors}");
        }

        // A person who looks with a browser finds the page, a program the resources.
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var asks = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/");
        asks.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        using HttpResponseMessage sentOn = await browser.SendAsync(asks);
        Assert.Equal((System.Net.HttpStatusCode.Redirect, "/ui/"), (sentOn.StatusCode, sentOn.Headers.Location?.OriginalString));
        Assert.Contains("open_api", await browser.GetStringAsync(new Uri($"http://127.0.0.1:{port}/")), StringComparison.Ordinal);
        string block = Block("README.md", Http[0]);
        foreach (string part in (string[])["\"name\": \"echo-tcp\"", "\"kind\": \"echo\"", "\"running\": true", "SYN seq=0 win=65535", "http GET /services/echo-tcp", "http 200 successful", "FIN, ACK seq="])
        {
            Assert.Contains(part, block, StringComparison.Ordinal);
            Assert.Contains(part, answers[0].Output, StringComparison.Ordinal);
        }

        Assert.Contains("201", answers[1].Errors, StringComparison.Ordinal);
        Assert.Contains("loss=20%", answers[2].Output, StringComparison.Ordinal);
        Assert.Contains("201", answers[3].Errors, StringComparison.Ordinal);
        serve.Interrupt();
        Assert.Equal(0, (await serve.End()).ExitCode);
    }

    // What a block below a command shows, but for what is left out by "…".
    [Theory]
    [InlineData("nlab lab lost-syn-ack")]
    [InlineData("nlab decode captures/http-as-tcp.pcapng --packet 4")]
    [InlineData("nlab flow captures/lost-segments-as-tcp.pcapng --stream 0")]
    public async Task The_block_below_a_command_is_what_it_prints(string line)
    {
        string[] words = [.. Words(line)[1..].Select(w => w.StartsWith("captures/", StringComparison.Ordinal) ? Path.Combine(Folders.Root, w) : w)];
        string[] printed = [.. (await Nlab.Run(_folder, words)).Output.Split('\n').Select(l => l.TrimEnd())];
        string[] shown = [.. Block("README.md", line).Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0 && l.Trim() != "…")];
        Assert.True(shown.Length > 5);
        Assert.All(shown, l => Assert.Contains(l, printed));
    }

    [Fact]
    public async Task The_demo_shows_what_the_first_page_shows()
    {
        Nlab.Ended demo = await Nlab.Run(_folder, "demo", "--seed", "14459");
        Assert.True(demo.ExitCode == 0, demo.Errors);
        string block = Block("README.md", "dotnet run -c Release --project NetLab.Host -- demo");
        string[] headings = [.. block.Split('\n').Where(l => l.StartsWith("── ", StringComparison.Ordinal) || l.StartsWith("│ transport", StringComparison.Ordinal))];
        Assert.Equal(4, headings.Length);
        Assert.All(headings.Where(h => h[0] == '─'), h => Assert.Contains(h, demo.Output.Split('\n')));
        Assert.All(headings[^1].Split('│', StringSplitOptions.TrimEntries), name => Assert.Contains(name, demo.Output, StringComparison.Ordinal));
        Assert.Contains("SYN_ACK seq=0 ack=1", demo.Output, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Bad => [.. In("README.md").SkipWhile(l => l != "nlab receive tcp://127.0.0.1:9000 -o copy.bin").Take(3)];

    private static IReadOnlyList<string> Http => [.. In("README.md").Where(l => l.StartsWith("nlab http ", StringComparison.Ordinal))];

    private static string[] Moved(IEnumerable<string> lines, params int[] ports)
    {
        Dictionary<int, int> other = ports.ToDictionary(p => p, _ => Ports.Free());
        return [.. lines.Select(line => other.Aggregate(line, (l, p) => l.Replace($":{p.Key}", $":{p.Value}", StringComparison.Ordinal)))];
    }

    // Commands are indented by four; a remark stands behind a number sign or two blanks.
    private static IEnumerable<string> In(string file) => Indented().Matches(File.ReadAllText(Path.Combine(Folders.Root, file))).Select(m => m.Groups[1].Value.TrimEnd());

    private static string Block(string file, string line)
    {
        string text = File.ReadAllText(Path.Combine(Folders.Root, file));
        int at = text.IndexOf(line, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{file} has no '{line}'");
        int begin = text.IndexOf("```\n", at, StringComparison.Ordinal) + 4;
        return text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    private static string[] Words(string line) => [.. line.Split('\'')
        .SelectMany((piece, i) => i % 2 == 1 ? [piece] : piece.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private void Prepare()
    {
        byte[] content = new byte[200_000];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(At("file.bin"), content);
        string captures = Path.Combine(Folders.Root, "captures");
        foreach (string name in (string[])["capture.pcapng", "a.pcapng"])
        {
            File.Copy(Path.Combine(captures, "http-as-tcp.pcapng"), At(name));
        }

        File.Copy(Path.Combine(captures, "dns.pcapng"), At("b.pcapng"));
        File.WriteAllText(At("keys.log"), $"CLIENT_RANDOM {new string('0', 64)} {new string('0', 96)}\n");
    }

    [GeneratedRegex("^    (nlab .*?)(?: {2,}.*| +# .*)?$", RegexOptions.Multiline)]
    private static partial Regex Indented();

    [GeneratedRegex("^nlab (decode|fields|drill|flow|stats|perf --|lab (lost-syn-ack|bufferbloat --help|bufferbloat --report|three-repairs))")]
    private static partial Regex NeedsNobody();

    [GeneratedRegex(@"127\.0\.0\.1:(\d+)")]
    private static partial Regex PortOf();
}
