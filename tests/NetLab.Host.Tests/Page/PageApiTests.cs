using System.Net;
using System.Text;
using System.Text.Json;
using NetLab.Host.Page;

namespace NetLab.Host.Tests.Page;

/// <summary>What the page asks its server, asked as programs ask it.</summary>
public sealed class PageApiTests
{
    private static string Lost => Path.Combine(Osi.Tests.Folders.Captures, "lost-segments-as-tcp.pcapng");

    private static string Http => Path.Combine(Osi.Tests.Folders.Captures, "http-as-tcp.pcapng");

    [Fact]
    public async Task Rows_come_in_the_parts_that_are_asked_for()
    {
        await using OpenPage page = await OpenPage.Start(Lost);
        JsonElement all = await page.Rows("limit=1000");
        int total = all.GetProperty("total").GetInt32();
        Assert.Equal(total, all.GetProperty("rows").GetArrayLength());
        JsonElement some = await page.Rows("skip=7&limit=3");
        Assert.Equal([8, 9, 10], some.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("n").GetInt32()));
        Assert.Equal(all.GetProperty("rows")[8].GetRawText(), some.GetProperty("rows")[1].GetRawText());
        Assert.Equal(0, (await page.Rows($"skip={total}&limit=5")).GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task A_filter_finds_rows_and_says_where_a_packet_stands_among_them()
    {
        await using OpenPage page = await OpenPage.Start(Lost);
        JsonElement found = await page.Rows("filter=tcp.analysis.retransmission&near=18&limit=100");
        int[] numbers = [.. found.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("n").GetInt32())];
        Assert.Contains(18, numbers);
        Assert.All(found.GetProperty("rows").EnumerateArray(), r => Assert.Contains("retransmission", r.GetProperty("marks").GetRawText(), StringComparison.Ordinal));
        Assert.Equal(Array.IndexOf(numbers, 18), found.GetProperty("place").GetInt32());
        using HttpResponseMessage wrong = await page.Client.GetAsync(new Uri("frames?filter=tcp.prt", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("nearest is tcp.port", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packet_is_what_decode_says_of_it()
    {
        await using OpenPage page = await OpenPage.Start(Lost);
        Nlab.Ended decoded = await Nlab.Run("decode", Lost, "--json", "--packet", "18");
        JsonElement frame = await page.Get("frame/18");
        Assert.Equal(
            JsonSerializer.Serialize(JsonDocument.Parse(decoded.Output.Split('\n')[0]).RootElement), JsonSerializer.Serialize(frame.GetProperty("packet")));
        JsonElement tcp = frame.GetProperty("layers").EnumerateArray().Single(l => l.GetProperty("proto").GetString() == "tcp");
        JsonElement port = tcp.GetProperty("fields").EnumerateArray().First(f => f.GetProperty("name").GetString() == "sport");
        byte[] bytes = frame.GetProperty("buffers")[0].GetProperty("bytes").GetBytesFromBase64();
        int at = port.GetProperty("at").GetInt32();
        Assert.Equal(2, port.GetProperty("length").GetInt32());
        Assert.Equal(port.GetProperty("value").GetString(), ((bytes[at] << 8) | bytes[at + 1]).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("tcp.srcport == " + port.GetProperty("value").GetString(), port.GetProperty("find").GetString());
    }

    [Fact]
    public async Task What_is_asked_for_before_it_was_read_is_waited_for()
    {
        for (int round = 0; round < 10; round++)
        {
            await using OpenPage page = await OpenPage.StartAtOnce(Http);
            (Task<JsonElement> frame, Task<JsonElement> ladder) = (page.Get("frame/6"), page.Get("ladder/0"));
            Assert.Equal(6, (await frame).GetProperty("packet").GetProperty("n").GetInt32());
            Assert.NotEqual(0, (await ladder).GetProperty("steps").GetArrayLength());
        }

        await using OpenPage other = await OpenPage.StartAtOnce(Http);
        using HttpResponseMessage missing = await other.Client.GetAsync(new Uri("frame/1000000", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("there is no packet 1000000\"", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_filter_that_a_field_offers_finds_its_packet()
    {
        await using OpenPage page = await OpenPage.Start(Http);
        int tried = 0;
        foreach (int number in (int[])[1, 4, 6])
        {
            JsonElement frame = await page.Get($"frame/{number}");
            foreach (string find in Finds(frame.GetProperty("layers")).Distinct())
            {
                JsonElement found = await page.Rows($"filter={Uri.EscapeDataString(find)}&limit=100");
                Assert.True(found.GetProperty("rows").EnumerateArray().Any(r => r.GetProperty("n").GetInt32() == number), $"packet {number}: {find}");
                tried++;
            }
        }

        Assert.True(tried > 60, $"{tried} filters");
    }

    [Theory]
    [InlineData("tcp.port == 80", true)]
    [InlineData("", true)]
    [InlineData("tcp.port == ", false)]
    [InlineData("nonsense", false)]
    public async Task A_filter_is_checked(string filter, bool isRight)
    {
        await using OpenPage page = await OpenPage.Start();
        JsonElement answer = await page.Get($"check?filter={Uri.EscapeDataString(filter)}");
        Assert.Equal(isRight, answer.GetProperty("ok").GetBoolean());
        Assert.Equal(!isRight, answer.TryGetProperty("at", out _));
    }

    [Fact]
    public async Task Names_and_values_are_completed()
    {
        await using OpenPage page = await OpenPage.Start();
        JsonElement names = await page.Get("complete?prefix=tcp.src");
        Assert.Contains(names.GetProperty("completions").EnumerateArray(), c => c.GetProperty("text").GetString() == "tcp.srcport");
        JsonElement values = await page.Get("complete?field=dns.qry.type&prefix=AAA");
        Assert.Contains(values.GetProperty("completions").EnumerateArray(), c => c.GetProperty("text").GetString() == "28");
        Assert.Equal(2, (await page.Get("complete?field=tcp.flags.syn")).GetProperty("completions").GetArrayLength());
    }

    [Fact]
    public async Task A_stream_is_followed_drawn_and_measured()
    {
        await using OpenPage page = await OpenPage.Start(Lost);
        JsonElement followed = await page.Get("follow/0?side=a&limit=4194304");
        byte[] bytes = [.. followed.GetProperty("chunks").EnumerateArray().SelectMany(c => c.GetProperty("bytes").GetBytesFromBase64())];
        Nlab.Ended expected = await Nlab.Run("follow", Lost, "0", "--direction", "a");
        Assert.Equal(expected.Output, Encoding.UTF8.GetString(bytes));
        Assert.Equal(expected.Output, await page.Client.GetStringAsync(new Uri("follow/0?side=a&as=raw", UriKind.Relative)));
        byte[] part = [.. (await page.Get("follow/0?side=a&skip=1000&limit=500")).GetProperty("chunks").EnumerateArray().SelectMany(c => c.GetProperty("bytes").GetBytesFromBase64())];
        Assert.Equal(bytes[1000..1500], part);
        JsonElement ladder = await page.Get("ladder/0?limit=2000");
        Assert.Equal(40, ladder.GetProperty("steps").GetArrayLength());
        Assert.Equal("a", ladder.GetProperty("steps")[0].GetProperty("from").GetString());
        Assert.True((await page.Get("ladder/0?limit=10")).GetProperty("more").GetBoolean());
        JsonElement sequence = await page.Get("sequence/0");
        Assert.Equal(bytes.Length, sequence.GetProperty("len").EnumerateArray().Zip(sequence.GetProperty("seq").EnumerateArray()).Where(p => p.First.GetInt64() > 0).DistinctBy(p => p.Second.GetInt64()).Sum(p => p.First.GetInt64()));
        using HttpResponseMessage missing = await page.Client.GetAsync(new Uri("follow/99", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task A_note_is_shown_and_saved()
    {
        await using OpenPage page = await OpenPage.Start(Http);
        await page.Rows("limit=1");
        await page.Send(HttpMethod.Put, "frame/3/note", """{ "note": "looked at" }""");
        Assert.Equal("looked at", (await page.Rows("skip=2&limit=1")).GetProperty("rows")[0].GetProperty("note").GetString());
        string saved = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.pcapng");
        try
        {
            await File.WriteAllBytesAsync(saved, await page.Client.GetByteArrayAsync(new Uri("save?as=pcapng&filter=tcp.len%20%3D%3D%200", UriKind.Relative)));
            Nlab.Ended decoded = await Nlab.Run("decode", saved, "--json");
            string[] packets = [.. decoded.Output.Split('\n').Where(l => l.Contains("\"packet\"", StringComparison.Ordinal))];
            Assert.Equal(5, packets.Length);
            Assert.Contains("looked at", packets[2], StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(saved);
        }

        string csv = await page.Client.GetStringAsync(new Uri("save?as=csv", UriKind.Relative));
        Assert.Equal(8, csv.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task A_capture_is_brought_in_and_closed()
    {
        await using OpenPage page = await OpenPage.Start();
        using var body = new ByteArrayContent(await File.ReadAllBytesAsync(Http));
        using HttpResponseMessage made = await page.Client.PostAsync(new Uri("captures?name=../../etc/x.pcapng", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal("x.pcapng", JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("name").GetString());
        Assert.Equal(7, (await page.Rows("limit=1")).GetProperty("total").GetInt32());
        using HttpResponseMessage gone = await page.Client.DeleteAsync(new Uri("captures/1", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var nonsense = new StringContent("no capture");
        using HttpResponseMessage refused = await page.Client.PostAsync(new Uri("captures?name=x", UriKind.Relative), nonsense);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.DoesNotContain(Path.GetTempPath(), await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Host", "evil.example", HttpStatusCode.BadRequest)]
    [InlineData("Authorization", "Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "", HttpStatusCode.Unauthorized)]
    public async Task Another_origin_or_a_wrong_token_gets_nothing(string header, string value, HttpStatusCode expected)
    {
        await using OpenPage page = await OpenPage.Start(Http);
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var request = new HttpRequestMessage(method, "captures");
            request.Headers.Remove(header);
            request.Headers.TryAddWithoutValidation(header, value);
            using HttpResponseMessage response = await page.Client.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
            Assert.DoesNotContain("http-as-tcp", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task The_page_is_small_and_allows_nothing_but_its_own_files()
    {
        await using OpenPage page = await OpenPage.Start();
        using HttpResponseMessage index = await page.Client.GetAsync(page.Address);
        string policy = string.Join(' ', index.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", string.Join(' ', index.Headers.GetValues("X-Content-Type-Options")));
        (IEnumerable<string> names, int bytes) = PageFiles.Summary;
        Assert.InRange(bytes, 1, 300_000);
        foreach (string name in names.Where(n => n != "index.html"))
        {
            using HttpResponseMessage file = await page.Client.GetAsync(new Uri(name, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            using var again = new HttpRequestMessage(HttpMethod.Get, name);
            again.Headers.TryAddWithoutValidation("If-None-Match", file.Headers.ETag!.ToString());
            using HttpResponseMessage unchanged = await page.Client.SendAsync(again);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }
    }

    [Fact]
    public void No_file_of_the_page_makes_markup_of_strings_or_fetches_from_elsewhere()
    {
        string folder = Path.Combine(Osi.Tests.Folders.Root, "NetLab.Host", "Page", "Assets");
        string[] files = [.. Directory.EnumerateFiles(folder).Where(f => Path.GetFileName(f) is not ("uplot.js" or "uplot-license.txt" or "icon.svg"))];
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            string text = File.ReadAllText(file);
            foreach (string forbidden in (string[])["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "https://", "http://127", "//cdn"])
            {
                Assert.False(text.Contains(forbidden, StringComparison.Ordinal), $"{Path.GetFileName(file)}: {forbidden}");
            }
        }
    }

    [Fact]
    public async Task A_clicked_session_gives_the_log_of_its_command()
    {
        await using OpenPage page = await OpenPage.Start();
        const string Link = "delay=20ms,rate=5M,queue=64K,up.drop=DATA#20,down.copy=ACK#3,up.hold=DATA#9/60ms,up.damage=DATA#30";
        JsonElement session = await page.Send(HttpMethod.Post, "live", JsonSerializer.Serialize(new { link = Link, schedule = "0.2s: delay=50ms", bytes = 65536, seed = 3, congestion = "reno" }));
        Assert.Equal(65536, session.GetProperty("delivered").GetInt32());
        JsonElement dropped = session.GetProperty("segments").EnumerateArray().Single(s => s.TryGetProperty("dropped", out _) && s.GetProperty("from").GetString() == "a");
        Assert.Equal("DATA 20", $"{dropped.GetProperty("kind").GetString()} {dropped.GetProperty("ordinal")}");
        string command = session.GetProperty("command").GetString()!;
        Assert.StartsWith("nlab live ", command, StringComparison.Ordinal);
        Nlab.Ended run = await Nlab.Run([.. Words(command).Skip(1)]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(session.GetProperty("log").EnumerateArray().Select(l => l.GetString()!), run.Output.TrimEnd().Split('\n').Select(l => l.TrimEnd('\r')));
        foreach (string fate in (string[])["dropped by the script", "duplicated", "held back", "corrupted"])
        {
            Assert.Contains(fate, run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_past_of_a_click_stays_as_it_was()
    {
        await using OpenPage page = await OpenPage.Start();
        JsonElement before = await page.Send(HttpMethod.Post, "live", """{ "link": "delay=20ms,rate=5M", "bytes": 65536 }""");
        JsonElement hit = before.GetProperty("segments").EnumerateArray().Single(s => s.GetProperty("kind").GetString() == "DATA" && s.GetProperty("ordinal").GetInt32() == 20);
        JsonElement after = await page.Send(HttpMethod.Post, "live", """{ "link": "delay=20ms,rate=5M,up.drop=DATA#20", "bytes": 65536 }""");
        double moment = hit.GetProperty("sent").GetDouble();
        Assert.Equal(
            before.GetProperty("segments").EnumerateArray().Where(s => s.GetProperty("sent").GetDouble() < moment).Select(s => s.GetRawText()),
            after.GetProperty("segments").EnumerateArray().Where(s => s.GetProperty("sent").GetDouble() < moment).Select(s => s.GetRawText()));
    }

    [Fact]
    public async Task An_experiment_is_listed_and_run()
    {
        await using OpenPage page = await OpenPage.Start();
        JsonElement list = await page.Get("experiments");
        Assert.Contains(list.GetProperty("experiments").EnumerateArray(), e => e.GetProperty("name").GetString() == "handshake");
        JsonElement ran = await page.Send(HttpMethod.Post, "experiments/handshake", """{ "seed": 1, "settings": {} }""");
        Assert.True(ran.GetProperty("result").GetProperty("holds").GetBoolean());
        Assert.True(ran.GetProperty("pictures").GetArrayLength() + ran.GetProperty("ladders").GetArrayLength() > 0);
        using var body = new StringContent("""{ "settings": { "nonsense": "1" } }""", Encoding.UTF8, "application/json");
        using HttpResponseMessage wrong = await page.Client.PostAsync(new Uri("experiments/handshake", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Saved_measurements_are_laid_over_one_another_and_compared()
    {
        await using OpenPage page = await OpenPage.Start();
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data", "Runs"), "run-1-loss.json")];
        Assert.NotEmpty(files);
        var ids = new List<string>();
        foreach (string file in (string[])[files[0], files[0]])
        {
            using var body = new ByteArrayContent(await File.ReadAllBytesAsync(file));
            using HttpResponseMessage made = await page.Client.PostAsync(new Uri("measurements?name=run.json", UriKind.Relative), body);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
            ids.Add(JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!);
        }

        JsonElement series = await page.Get($"measurements/series?ids={string.Join(',', ids)}");
        Assert.True(series.GetProperty("series").GetArrayLength() >= 2);
        JsonElement compared = await page.Get($"measurements/compare?a={ids[0]}&b={ids[1]}");
        Assert.All(compared.GetProperty("differences").EnumerateArray(), d => Assert.True(d.GetProperty("is_same").GetBoolean()));
    }

    private static IEnumerable<string> Finds(JsonElement nodes) => nodes.EnumerateArray().SelectMany(n =>
        (n.TryGetProperty("find", out JsonElement find) ? [find.GetString()!] : Array.Empty<string>()).Concat(n.TryGetProperty("fields", out JsonElement inner) ? Finds(inner) : []));

    // As a shell takes a command line apart.
    private static IEnumerable<string> Words(string command) =>
        System.Text.RegularExpressions.Regex.Matches(command, "'([^']*)'|[^ ]+").Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Value);
}
