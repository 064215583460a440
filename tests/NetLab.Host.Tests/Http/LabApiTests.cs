using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace NetLab.Host.Tests.Http;

/// <summary>The lab over HTTP, by NetLab's TCP and by the kernel's: the methods and status codes that people expect.</summary>
public sealed class LabApiTests(ServedLab lab) : IClassFixture<ServedLab>
{
    public static TheoryData<string> Transports => ["tcp", "kernel-tcp"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_service_is_made_changed_and_taken_away(string transport)
    {
        using HttpClient client = lab.Client(transport);
        string name = $"mine-{transport}";
        using HttpResponseMessage created = await client.PostAsync("/services", Json($$"""{ "name": "{{name}}", "kind": "echo", "address": "udp://127.0.0.1:0" }"""));
        Assert.Equal((HttpStatusCode.Created, $"/services/{name}"), (created.StatusCode, created.Headers.Location?.ToString()));
        JsonObject service = await ObjectIn(created);
        Assert.Equal(("echo", true), ((string?)service["kind"], (bool?)service["running"]));
        string address = (string)service["address"]!;
        Assert.Equal("hello", await AskAsync(address, "hello"));

        using HttpResponseMessage stopped = await client.PatchAsync($"/services/{name}", Json("""{ "running": false }"""));
        Assert.Equal(HttpStatusCode.OK, stopped.StatusCode);
        Assert.False((bool)(await ObjectIn(stopped))["running"]!);
        Assert.NotEqual("hello", await AskAsync(address, "hello", isAnswered: false));

        using HttpResponseMessage replaced = await client.PutAsync($"/services/{name}", Json("""{ "kind": "discard", "address": "udp://127.0.0.1:0" }"""));
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        JsonObject now = await ObjectIn(await client.GetAsync($"/services/{name}"));
        Assert.Equal(("discard", true), ((string?)now["kind"], (bool?)now["running"]));

        using HttpResponseMessage gone = await client.DeleteAsync($"/services/{name}");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync($"/services/{name}")).StatusCode);
        using HttpResponseMessage put = await client.PutAsync($"/services/{name}", Json("""{ "kind": "source", "address": "tcp://127.0.0.1:0", "running": false }"""));
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync($"/services/{name}")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_relays_link_changes_while_it_runs(string transport)
    {
        using HttpClient client = lab.Client(transport);
        string name = $"link-{transport}";
        JsonObject echo = await ObjectIn(await client.PostAsync("/services", Json($$"""{ "name": "behind-{{name}}", "kind": "echo", "address": "udp://127.0.0.1:0" }""")));
        JsonObject relay = await ObjectIn(await client.PostAsync("/services", Json(
            $$"""{ "name": "{{name}}", "kind": "relay", "address": "udp://127.0.0.1:0", "target": "{{echo["address"]}}", "link": "delay=1ms" }""")));
        Assert.Equal("hello", await AskAsync((string)relay["address"]!, "hello"));
        JsonObject changed = await ObjectIn(await client.PatchAsync($"/services/{name}", Json("""{ "link": "loss=100%" }""")));
        Assert.Equal(((string)relay["address"]!, "loss=100%"), ((string)changed["address"]!, (string)changed["link"]!));
        Assert.Null(await AskAsync((string)relay["address"]!, "hello", isAnswered: false));
        using HttpResponseMessage wrong = await client.PatchAsync($"/services/{name}", Json("""{ "link": "loss=2" }"""));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal("loss=100%", (string?)(await ObjectIn(await client.GetAsync($"/services/{name}")))["link"]);
        await client.DeleteAsync($"/services/{name}");
        await client.DeleteAsync($"/services/behind-{name}");
    }

    [Theory]
    [InlineData("tcp", "GET", "/nothing", null, 404, "/nothing")]
    [InlineData("tcp", "GET", "/services/nobody", null, 404, "nobody")]
    [InlineData("tcp", "GET", "/runs/77", null, 404, "77")]
    [InlineData("tcp", "DELETE", "/services", null, 405, "GET")]
    [InlineData("kernel-tcp", "PUT", "/runs/1", "{}", 405, "DELETE")]
    [InlineData("tcp", "POST", "/services", "{", 400, "no JSON")]
    [InlineData("tcp", "POST", "/services", "[]", 400, "object")]
    [InlineData("tcp", "POST", "/services", """{ "name": "x" }""", 400, "kind")]
    [InlineData("tcp", "POST", "/services", """{ "name": "x", "kind": "ekko", "address": "tcp://127.0.0.1:0" }""", 400, "ekko")]
    [InlineData("tcp", "POST", "/services", """{ "name": "x y", "kind": "echo", "address": "tcp://127.0.0.1:0" }""", 400, "x y")]
    [InlineData("tcp", "POST", "/services", """{ "name": "x", "kind": "echo", "address": "tcp://8.8.8.8:1" }""", 400, "8.8.8.8")]
    [InlineData("tcp", "POST", "/services", """{ "name": "x", "kind": "echo", "address": "tcp://127.0.0.1:0", "colour": "red" }""", 400, "colour")]
    [InlineData("tcp", "POST", "/services", """{ "name": "..", "kind": "echo", "address": "tcp://127.0.0.1:0" }""", 400, "..")]
    [InlineData("tcp", "POST", "/services", """{ "name": "\ud800", "kind": "echo", "address": "tcp://127.0.0.1:0" }""", 400, "surrogate")]
    [InlineData("tcp", "POST", "/metrics", "{}", 405, "GET")]
    [InlineData("tcp", "POST", "/runs", """{ "time": "120000000h" }""", 400, "time")]
    [InlineData("tcp", "PUT", "/services/x", """{ "name": "y", "kind": "echo", "address": "tcp://127.0.0.1:0" }""", 400, "y")]
    [InlineData("tcp", "POST", "/services", """{ "name": "echo-tcp", "kind": "echo", "address": "tcp://127.0.0.1:0" }""", 409, "echo-tcp")]
    [InlineData("kernel-tcp", "DELETE", "/services/http-tcp", null, 409, "http-tcp")]
    [InlineData("tcp", "PATCH", "/services/http-tcp", """{ "running": false }""", 409, "http-tcp")]
    [InlineData("tcp", "POST", "/runs", """{ "transport": "pigeon" }""", 400, "pigeon")]
    [InlineData("tcp", "POST", "/runs", """{ "time": "1h" }""", 400, "time")]
    [InlineData("tcp", "POST", "/runs", """{ "plot": "x.svg" }""", 400, "plot")]
    [InlineData("tcp", "POST", "/runs", """{ "transport": "tcp", "streams": 0 }""", 400, "streams")]
    public async Task What_cannot_be_done_is_a_problem_that_says_why(string transport, string method, string path, string? body, int status, string word)
    {
        using HttpClient client = lab.Client(transport);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : Json(body) };

        HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonObject problem = await ObjectIn(response);
        Assert.Equal(status, (int?)problem["status"]);
        Assert.Contains(word, (string?)problem["detail"], StringComparison.Ordinal);
        if (status == 405)
        {
            Assert.Contains(word, response.Content.Headers.Allow);
        }
    }

    [Fact]
    public async Task A_taken_port_is_a_conflict_and_a_replaced_service_that_cannot_start_goes_on_as_before()
    {
        using HttpClient client = lab.Client("tcp");
        JsonObject taken = await ObjectIn(await client.PostAsync("/services", Json("""{ "name": "first", "kind": "echo", "address": "udp://127.0.0.1:0" }""")));
        using HttpResponseMessage second = await client.PostAsync("/services", Json($$"""{ "name": "second", "kind": "echo", "address": "{{taken["address"]}}" }"""));
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/services/second")).StatusCode);

        await ObjectIn(await client.PostAsync("/services", Json("""{ "name": "other", "kind": "echo", "address": "udp://127.0.0.1:0" }""")));
        using HttpResponseMessage moved = await client.PatchAsync("/services/other", Json($$"""{ "address": "{{taken["address"]}}" }"""));
        Assert.Equal(HttpStatusCode.Conflict, moved.StatusCode);
        JsonObject still = await ObjectIn(await client.GetAsync("/services/other"));
        Assert.True((bool)still["running"]!);
        Assert.Equal("hello", await AskAsync((string)still["address"]!, "hello"));
        await client.DeleteAsync("/services/first");
        await client.DeleteAsync("/services/other");
    }

    [Fact]
    public async Task What_a_client_does_not_take_or_does_not_say_is_refused()
    {
        using HttpClient client = lab.Client("tcp");
        foreach ((string accept, HttpStatusCode expected) in ((string, HttpStatusCode)[])
            [("text/html", HttpStatusCode.NotAcceptable), ("application/json;q=0, */*", HttpStatusCode.NotAcceptable), ("text/html, */*;q=0.1", HttpStatusCode.OK), ("application/*", HttpStatusCode.OK), ("application/json; charset=utf-8", HttpStatusCode.OK)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/services");
            request.Headers.TryAddWithoutValidation("Accept", accept);
            Assert.Equal(expected, (await client.SendAsync(request)).StatusCode);
        }

        using var unnamed = new HttpRequestMessage(HttpMethod.Post, "/services") { Content = new StringContent("{}") };
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await client.SendAsync(unnamed)).StatusCode);
        using var large = new HttpRequestMessage(HttpMethod.Post, "/services") { Content = Json(new string(' ', 100_000)) };
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.SendAsync(large)).StatusCode);
        using var stranger = new HttpRequestMessage(HttpMethod.Get, "/services") { Headers = { Host = "evil.example" } };
        using HttpResponseMessage refused = await client.SendAsync(stranger);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        using HttpResponseMessage head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/services"));
        Assert.Equal((HttpStatusCode.OK, 0), (head.StatusCode, (await head.Content.ReadAsByteArrayAsync()).Length));
        Assert.InRange(head.Content.Headers.ContentLength ?? 0, 100, 10_000);
    }

    [Fact]
    public async Task A_measurement_is_begun_shown_and_ended_and_two_at_once_are_not()
    {
        using HttpClient client = lab.Client("kernel-tcp");
        using HttpResponseMessage begun = await client.PostAsync("/runs", Json("""{ "transport": "tcp", "time": "60s" }"""));
        Assert.Equal(HttpStatusCode.Created, begun.StatusCode);
        using HttpResponseMessage refused = await client.PostAsync("/runs", Json("""{ "transport": "tcp" }"""));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 5, 70);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync(begun.Headers.Location)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(begun.Headers.Location)).StatusCode);

        // It has ended, or does so soon.
        HttpResponseMessage created;
        while ((created = await client.PostAsync("/runs", Json("""{ "transport": "tcp", "time": "300ms", "warm_up": "0" }"""))).StatusCode == HttpStatusCode.ServiceUnavailable)
        {
        }

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        string run = created.Headers.Location!.ToString();
        JsonObject shown = await ObjectIn(await client.GetAsync(run));
        while ((string?)shown["state"] == "running")
        {
            shown = await ObjectIn(await client.GetAsync(run));
        }

        Assert.Equal("done", (string?)shown["state"]);
        Assert.Equal("netlab.perf/1", (string?)shown["result"]!["schema"]);
        Assert.True((bool)shown["result"]!["runs"]![0]!["end"]!["intact"]!);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync(run)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(run)).StatusCode);
    }

    [Fact]
    public async Task Changes_are_rationed_and_reading_is_not()
    {
        using HttpClient client = lab.Client("kernel-tcp", waits: false);
        HttpResponseMessage[] changes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.DeleteAsync("/services/nobody")));
        HttpResponseMessage[] refused = [.. changes.Where(c => c.StatusCode == HttpStatusCode.TooManyRequests)];
        Assert.InRange(refused.Length, 1, 99);
        Assert.All(refused, r => Assert.Equal(TimeSpan.FromSeconds(1), r.Headers.RetryAfter?.Delta));
        Assert.Equal(429, (int?)(await ObjectIn(refused[0]))["status"]);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.GetAsync("/services"))), r => Assert.Equal(HttpStatusCode.OK, r.StatusCode));
    }

    [Fact]
    public async Task Changes_at_the_same_time_lose_nothing_and_bring_nothing_back()
    {
        using HttpClient client = lab.Client("tcp");
        JsonObject echo = await ObjectIn(await client.PostAsync("/services", Json("""{ "name": "target", "kind": "echo", "address": "udp://127.0.0.1:0" }""")));
        await client.PostAsync("/services", Json($$"""{ "name": "both", "kind": "relay", "address": "udp://127.0.0.1:0", "target": "{{echo["address"]}}", "link": "" }"""));
        await Task.WhenAll(
            client.PatchAsync("/services/both", Json("""{ "link": "loss=5%" }""")), client.PatchAsync("/services/both", Json("""{ "running": false }""")));
        JsonObject both = await ObjectIn(await client.GetAsync("/services/both"));
        Assert.Equal(("loss=5%", false), ((string?)both["link"], (bool?)both["running"]));
        HttpResponseMessage[] ends = await Task.WhenAll(client.DeleteAsync("/services/both"), client.PatchAsync("/services/both", Json("""{ "running": true }""")));
        Assert.Equal(HttpStatusCode.NoContent, ends[0].StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/services/both")).StatusCode);
        await client.DeleteAsync("/services/target");
    }

    [Fact]
    public async Task Meters_are_shown_as_prometheus_reads_them()
    {
        using HttpClient client = lab.Client("tcp");
        string metrics = await client.GetStringAsync("/metrics");
        Assert.Contains("# TYPE netlab_tcp_segments_total counter", metrics, StringComparison.Ordinal);
        Assert.Contains("netlab_udp_datagrams_total{", metrics, StringComparison.Ordinal);
        string connections = metrics.Split('\n').Single(l => l.StartsWith("netlab_tcp_connections{", StringComparison.Ordinal) && l.Contains("netlab_tcp_role=\"server\"", StringComparison.Ordinal));
        Assert.True(int.Parse(connections.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) >= 1, connections);
    }

    [Fact]
    public async Task Counts_of_services_are_metrics_by_their_name()
    {
        using HttpClient client = lab.Client("kernel-tcp");
        JsonObject echo = await ObjectIn(await client.PostAsync("/services", Json("""{ "name": "counted", "kind": "echo", "address": "udp://127.0.0.1:0" }""")));
        Assert.Equal("hello", await AskAsync((string)echo["address"]!, "hello"));
        string metrics = await client.GetStringAsync("/metrics");
        string line = metrics.Split('\n').Single(l => l.StartsWith("netlab_service_datagrams_answered_total{", StringComparison.Ordinal) && l.Contains("service=\"counted\"", StringComparison.Ordinal));
        Assert.Contains("kind=\"echo\"", line, StringComparison.Ordinal);
        Assert.Equal("1", line.Split(' ')[1]);
        Assert.Contains("netlab_service_connections_open{", metrics, StringComparison.Ordinal);
        Assert.Contains("netlab_memory_limit_bytes", metrics, StringComparison.Ordinal);
        await client.DeleteAsync("/services/counted");
    }

    [Fact]
    public async Task A_forward_is_a_service_with_statistics_a_client_and_a_link_that_changes()
    {
        using HttpClient client = lab.Client("tcp");
        JsonArray all = JsonNode.Parse(await client.GetStringAsync("/services"))!.AsArray();
        string echo = (string)all.Single(s => (string?)s!["kind"] == "echo" && ((string)s["address"]!).StartsWith("tcp:", StringComparison.Ordinal))!["address"]!;
        JsonObject forward = await ObjectIn(await client.PostAsync("/services", Json(
            $$"""{ "name": "bridge", "kind": "forward", "address": "kernel-tcp://127.0.0.1:0", "target": "{{echo}}", "link": "delay=1ms,seed=5" }""")));
        Assert.Equal(5, (int?)forward["seed"]);
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, new Uri((string)forward["address"]!).Port);
            await socket.GetStream().WriteAsync("hello"u8.ToArray());
            byte[] answer = new byte[5];
            await socket.GetStream().ReadExactlyAsync(answer);
            Assert.Equal("hello"u8.ToArray(), answer);
            JsonObject now = await ObjectIn(await client.GetAsync("/services/bridge"));
            Assert.Equal((1, 1), ((int?)now["statistics"]!["connections_open"], (int?)now["statistics"]!["connections_accepted"]));
            Assert.Equal(($"127.0.0.1:{((IPEndPoint)socket.Client.LocalEndPoint!).Port}", 5), ((string?)now["clients"]![0]!["client"], (int?)now["clients"]![0]!["statistics"]!["up_bytes"]));
            Assert.True((int)now["statistics"]!["link_up_entered"]! > 0);

            // The connection stays.
            JsonObject changed = await ObjectIn(await client.PatchAsync("/services/bridge", Json("""{ "link": "delay=2ms" }""")));
            Assert.Equal(((string)forward["address"]!, "delay=2ms"), ((string)changed["address"]!, (string)changed["link"]!));
            await socket.GetStream().WriteAsync("again"u8.ToArray());
            await socket.GetStream().ReadExactlyAsync(answer);
            Assert.Equal("again"u8.ToArray(), answer);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("/services/bridge")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task What_happens_is_told_as_server_sent_events(string transport)
    {
        using HttpClient client = lab.Client(transport);
        using HttpResponseMessage response = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.StartsWith(":", await reader.ReadLineAsync(), StringComparison.Ordinal);
        string name = $"told-{transport}";
        await client.PostAsync("/services", Json($$"""{ "name": "{{name}}", "kind": "echo", "address": "udp://127.0.0.1:0" }"""));
        await client.DeleteAsync($"/services/{name}");
        List<(long Id, string Kind, string Detail)> told = [];
        while (told.Count < 3)
        {
            if (await NextAsync() is { } next && next.Subject == $"/services/{name}")
            {
                told.Add((next.Id, next.Kind, next.Detail));
            }
        }

        Assert.Equal(["started", "stopped", "removed"], told.Select(t => t.Kind));
        Assert.StartsWith("udp://127.0.0.1:", told[0].Detail, StringComparison.Ordinal);

        // A client that comes back is told what it missed.
        using var again = new HttpRequestMessage(HttpMethod.Get, "/events");
        again.Headers.Add("Last-Event-ID", $"{told[0].Id}");
        using HttpResponseMessage second = await client.SendAsync(again, HttpCompletionOption.ResponseHeadersRead);
        using var later = new StreamReader(await second.Content.ReadAsStreamAsync());
        string id;
        do
        {
            id = (await later.ReadLineAsync())!;
        }
        while (!id.StartsWith("id: ", StringComparison.Ordinal));

        Assert.Equal($"id: {told[0].Id + 1}", id);
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/events");
        wrong.Headers.Add("Last-Event-ID", "yesterday");
        Assert.Equal(HttpStatusCode.BadRequest, (await client.SendAsync(wrong)).StatusCode);

        async Task<(long Id, string Kind, string Subject, string Detail)?> NextAsync()
        {
            var fields = new Dictionary<string, string>();
            while (await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                string[] parts = line.Split(": ", 2);
                fields[parts[0]] = parts.Length > 1 ? parts[1] : "";
            }

            if (!fields.TryGetValue("data", out string? data))
            {
                return null;
            }

            JsonObject happened = JsonNode.Parse(data)!.AsObject();
            Assert.Equal((fields["event"], fields["id"]), ((string)happened["kind"]!, $"{happened["number"]}"));
            return ((long)happened["number"]!, (string)happened["kind"]!, (string)happened["subject"]!, (string?)happened["detail"] ?? "");
        }
    }

    [Fact]
    public async Task The_openapi_document_has_every_resource_and_every_member()
    {
        using HttpClient client = lab.Client("kernel-tcp");
        JsonObject document = await ObjectIn(await client.GetAsync("/openapi.json"));
        JsonObject paths = document["paths"]!.AsObject();
        JsonObject schemas = document["components"]!["schemas"]!.AsObject();

        // Each path and method is served, and no method is that is not there.
        foreach ((string path, JsonNode? item) in paths)
        {
            string[] said = [.. item!.AsObject().Select(m => m.Key.ToUpperInvariant()).Where(m => m is "GET" or "POST" or "PUT" or "PATCH" or "DELETE")];
            using var probe = new HttpRequestMessage(HttpMethod.Options, path.Replace("{name}", "1", StringComparison.Ordinal));
            using HttpResponseMessage refused = await client.SendAsync(probe);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
            Assert.Equal(said.Order(), refused.Content.Headers.Allow.Where(m => m != "HEAD").Order());
        }

        foreach ((string path, string schema) in ((string, string)[])[("/", "Lab"), ("/services/echo-tcp", "Service"), ("/nothing", "Problem")])
        {
            JsonObject answer = await ObjectIn(await client.GetAsync(path));
            JsonObject properties = schemas[schema]!["properties"]!.AsObject();
            Assert.All(answer, m => Assert.True(properties.ContainsKey(m.Key), $"{schema} has no {m.Key}"));
            Assert.All(schemas[schema]!["required"]?.AsArray() ?? [], r => Assert.True(answer.ContainsKey((string)r!), $"{path} has no {r}"));
        }

        // What is taken is what is described: the refusal of an unknown member names all.
        foreach ((string path, string schema) in ((string, string)[])[("/services", "ServiceDefinition"), ("/runs", "RunSettings")])
        {
            string detail = (string)(await ObjectIn(await client.PostAsync(path, Json("""{ "unheard_of": 1 }"""))))["detail"]!;
            string[] taken = detail[(detail.IndexOf(" has ", StringComparison.Ordinal) + 5)..].Split(", ");
            Assert.Equal(taken.Order(), schemas[schema]!["properties"]!.AsObject().Select(p => p.Key).Order());
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private static async Task<JsonObject> ObjectIn(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();

    private static async Task<string?> AskAsync(string address, string question, bool isAnswered = true)
    {
        using var socket = new System.Net.Sockets.UdpClient();
        socket.Connect(IPAddress.Loopback, new Uri(address).Port);
        using var late = new CancellationTokenSource(isAnswered ? Patience : TimeSpan.FromSeconds(0.3));
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(question), late.Token);
            return Encoding.UTF8.GetString((await socket.ReceiveAsync(late.Token)).Buffer);
        }
        catch (Exception error) when (error is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
