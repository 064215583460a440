using System.Net;
using System.Text;
using System.Text.Json;

namespace NetLab.Host.Tests.Page;

/// <summary>The live lab on real sockets, asked as programs ask it.</summary>
public sealed class LiveSessionTests
{
    [Fact]
    public async Task A_transfer_tells_its_segments_their_fates_states_and_samples_and_its_end()
    {
        await using OpenPage page = await OpenPage.Start();
        List<(string Kind, JsonElement Data)> events = await Run(page, """{"link":"delay=10ms,up.drop=DATA#3","bytes":50000,"transport":"tcp"}""");
        JsonElement end = events[^1].Data;
        Assert.Equal(("end", "finished", 50_000L), (events[^1].Kind, end.GetProperty("reason").GetString(), end.GetProperty("delivered").GetInt64()));
        List<JsonElement> fates = [.. events.Where(e => e.Kind == "fate").Select(e => e.Data)];
        JsonElement lost = Assert.Single(fates, f => f.TryGetProperty("dropped", out _));
        Assert.Equal(("a", "DATA", 3), (lost.GetProperty("from").GetString(), lost.GetProperty("kind").GetString(), lost.GetProperty("ordinal").GetInt32()));
        Assert.Contains(fates, f => f.TryGetProperty("again", out _) && f.GetProperty("seq").GetInt64() == lost.GetProperty("seq").GetInt64());
        Assert.All(fates.Where(f => f.TryGetProperty("arrives", out _)), f => Assert.True(f.GetProperty("arrives").GetDouble() >= f.GetProperty("sent").GetDouble() + 0.0099));
        Assert.Equal(
            ["SYN-SENT", "ESTABLISHED"],
            events.Where(e => e.Kind == "state" && e.Data.GetProperty("end").GetString() == "client").Take(2).Select(e => e.Data.GetProperty("state").GetString()));
        Assert.Contains(events, e => e.Kind == "sample" && e.Data.GetProperty("sample").GetProperty("cwnd").GetInt64() > 0);
        Assert.Contains(events, e => e.Kind == "log" && e.Data.GetProperty("line").GetString()!.Contains("DATA#3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_done_to_a_datagram_that_is_still_to_come_befalls_it()
    {
        await using OpenPage page = await OpenPage.Start();

        // Planned while the SYN needs half a second.
        string id = await Begin(page, """{"link":"delay=500ms","bytes":20000}""");
        await Do(page, HttpMethod.Post, $"live/sessions/{id}/acts", """{"from":"a","number":5,"act":"drop"}""");
        await Do(page, HttpMethod.Post, $"live/sessions/{id}/acts", """{"from":"a","number":6,"act":"hold","hold_ms":100}""");
        await Do(page, HttpMethod.Post, $"live/sessions/{id}/acts", """{"from":"a","number":7,"act":"copy"}""");
        await Do(page, HttpMethod.Put, $"live/sessions/{id}/link", """{"link":"delay=20ms"}""");
        List<(string Kind, JsonElement Data)> events = await Watch(page, id);
        Assert.Equal("finished", events[^1].Data.GetProperty("reason").GetString());
        JsonElement Fate(int number) => events.Last(e => e.Kind == "fate" && e.Data.GetProperty("from").GetString() == "a" && e.Data.GetProperty("number").GetInt32() == number).Data;
        Assert.True(Fate(5).GetProperty("dropped").GetBoolean());
        Assert.Contains("held back", Fate(6).GetProperty("fate").GetString(), StringComparison.Ordinal);
        Assert.Contains("duplicated", Fate(7).GetProperty("fate").GetString(), StringComparison.Ordinal);
        Assert.Equal("delay=20ms", Assert.Single(events, e => e.Kind == "link").Data.GetProperty("words").GetString());
        using HttpResponseMessage late = await Post(page, $"live/sessions/{id}/acts", """{"from":"a","number":1,"act":"drop"}""");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task Datagrams_over_udp_are_lost_and_nobody_sends_them_again()
    {
        await using OpenPage page = await OpenPage.Start();
        List<(string Kind, JsonElement Data)> events = await Run(page, """{"link":"delay=1ms,up.drop=ANY#2","bytes":6000,"transport":"udp"}""");
        List<JsonElement> fates = [.. events.Where(e => e.Kind == "fate").Select(e => e.Data)];
        Assert.Equal(5, fates.Count);
        Assert.Equal(2, Assert.Single(fates, f => f.TryGetProperty("dropped", out _)).GetProperty("ordinal").GetInt32());
        Assert.Equal(4800, events[^1].Data.GetProperty("delivered").GetInt64());
    }

    [Fact]
    public async Task One_that_is_ended_ends_and_no_more_than_four_run()
    {
        await using OpenPage page = await OpenPage.Start();
        const string Endless = """{"link":"up.loss=100%"}""";
        string[] ids = [await Begin(page, Endless), await Begin(page, Endless), await Begin(page, Endless), await Begin(page, Endless)];
        using HttpResponseMessage fifth = await Post(page, "live/sessions", Endless);
        Assert.Equal(HttpStatusCode.Conflict, fifth.StatusCode);
        Assert.Contains("4 sessions are under way", await fifth.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Task<List<(string Kind, JsonElement Data)>> watching = Watch(page, ids[1]);
        using HttpResponseMessage ended = await page.Client.DeleteAsync(new Uri($"live/sessions/{ids[1]}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal("stopped", (await watching)[^1].Data.GetProperty("reason").GetString());
        using HttpResponseMessage gone = await page.Client.GetAsync(new Uri($"live/sessions/{ids[1]}/events", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await Begin(page, Endless);
    }

    [Theory]
    [InlineData("live/sessions", """{"link":"dlay=20ms"}""", "dlay")]
    [InlineData("live/sessions", """{"transport":"sctp"}""", "transport: tcp or udp")]
    [InlineData("live/sessions", """{"bytes":"many"}""", "bytes: a whole number")]
    [InlineData("live/sessions", "[]", "an object")]
    [InlineData("live/sessions/1/acts", """{"from":"c"}""", "from: a or b")]
    [InlineData("live/sessions/1/acts", """{"from":"a","number":1,"act":"kill"}""", "act: drop, copy, hold, damage")]
    [InlineData("live/sessions/1/acts", """{"from":"a","number":0,"act":"drop"}""", "counted from 1")]
    [InlineData("live/sessions/1/acts", """{"from":"a","number":1,"act":"hold"}""", "held back for up to an hour")]
    [InlineData("live/sessions/1/acts", """{"from":"a","number":1,"act":"hold","hold_ms":9223372036854775807}""", "held back for up to an hour")]
    public async Task Nonsense_is_refused(string path, string body, string said)
    {
        await using OpenPage page = await OpenPage.Start();
        await Begin(page, """{"link":"up.loss=100%"}""");
        using HttpResponseMessage answer = await Post(page, path, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<List<(string Kind, JsonElement Data)>> Run(OpenPage page, string settings) => await Watch(page, await Begin(page, settings));

    private static async Task<string> Begin(OpenPage page, string settings)
    {
        using HttpResponseMessage answer = await Post(page, "live/sessions", settings);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetRawText();
    }

    private static async Task<HttpResponseMessage> Post(OpenPage page, string path, string body) =>
        await page.Client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task Do(OpenPage page, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage answer = await page.Client.SendAsync(request);
        Assert.True(answer.StatusCode == HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<List<(string Kind, JsonElement Data)>> Watch(OpenPage page, string id)
    {
        string text = await page.Client.GetStringAsync(new Uri($"live/sessions/{id}/events", UriKind.Relative)).WaitAsync(Patience);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e.Split('\n')).Select(e => (e[0]["event: ".Length..], JsonDocument.Parse(e[1]["data: ".Length..]).RootElement))];
    }
}
