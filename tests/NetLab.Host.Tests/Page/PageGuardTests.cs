using System.Net;
using System.Text;
using Microsoft.Playwright;
using NetLab.Host.Tests.Http;

namespace NetLab.Host.Tests.Page;

/// <summary>Another origin's page can neither read nor change anything, and neither can a program that does not know the token.</summary>
public sealed class PageGuardTests(ServedLab lab) : IClassFixture<ServedLab>
{
    private static string Capture => Path.Combine(Osi.Tests.Folders.Captures, "http-as-tcp.pcapng");

    public static TheoryData<string, string> Resources => new()
    {
        { "GET", "captures" }, { "POST", "captures?name=x" }, { "GET", "captures/1" }, { "DELETE", "captures/1" }, { "GET", "frames" }, { "GET", "frame/1" }, { "PUT", "frame/1/note" },
        { "GET", "follow/0" }, { "GET", "ladder/0" }, { "GET", "sequence/0" }, { "GET", "conversations" }, { "GET", "exchanges" }, { "GET", "statistics" }, { "GET", "intervals" }, { "GET", "save" },
        { "GET", "check?filter=tcp" }, { "GET", "complete?prefix=tcp" }, { "GET", "experiments" }, { "POST", "experiments/handshake" }, { "POST", "live" }, { "POST", "live/sessions" },
        { "DELETE", "live/sessions/1" }, { "GET", "live/sessions/1/events" }, { "PUT", "live/sessions/1/link" }, { "POST", "live/sessions/1/acts" }, { "GET", "measurements" }, { "POST", "measurements" },
        { "GET", "measurements/series?ids=run-1" }, { "GET", "measurements/compare?a=1&b=2" }, { "GET", "runs" }, { "POST", "runs" }, { "GET", "runs/1" }, { "DELETE", "runs/1" }, { "GET", "runs/1/intervals" },
        { "GET", "runs/1/saved" },
    };

    [Theory]
    [MemberData(nameof(Resources))]
    public async Task Each_resource_is_closed(string method, string path)
    {
        await using OpenPage page = await OpenPage.Start(Capture);
        foreach ((string header, string value, HttpStatusCode expected) in ((string, string, HttpStatusCode)[])
            [("Origin", "http://evil.example", HttpStatusCode.Forbidden), ("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden), ("Authorization", "", HttpStatusCode.Unauthorized), ("Host", "evil.example", HttpStatusCode.BadRequest)])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method is "POST" or "PUT")
            {
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            }

            request.Headers.Remove(header);
            request.Headers.TryAddWithoutValidation(header, value);
            using HttpResponseMessage answer = await page.Client.SendAsync(request);
            Assert.True(answer.StatusCode == expected, $"{header}: {(int)answer.StatusCode}");
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }

        Assert.Equal(1, (await page.Get("captures")).GetProperty("captures").GetArrayLength());
    }

    [Fact]
    public async Task Every_resource_of_the_page_is_among_them()
    {
        string api = await File.ReadAllTextAsync(Path.Combine(Osi.Tests.Folders.Root, "NetLab.Host", "Page", "PageApi.cs"));
        string[] mapped = [.. System.Text.RegularExpressions.Regex.Matches(api, "routes, (?:\"([A-Z]+)\", )?\"(/[^\"]+)\"").Select(m => $"{(m.Groups[1].Success ? m.Groups[1].Value : "GET")} {m.Groups[2].Value[1..]}")];
        Assert.True(mapped.Length > 20, $"{mapped.Length} resources");
        string[] asked = [.. Resources.Select(r => $"{r[0]} {((string)r[1]).Split('?')[0].Replace("handshake", "{name}", StringComparison.Ordinal)}").Select(r => System.Text.RegularExpressions.Regex.Replace(r, @"/\d+", "/{number}"))];
        Assert.Equal(mapped.Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    public async Task The_page_of_the_served_lab_is_closed_to_other_origins(string transport)
    {
        using HttpClient client = lab.Client(transport);
        foreach ((string method, string path) in ((string, string)[])[("GET", "ui/captures"), ("POST", "ui/captures?name=x"), ("POST", "ui/live"), ("POST", "ui/runs")])
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.TryAddWithoutValidation("Origin", "http://evil.example");
            if (method == "POST")
            {
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            }

            using HttpResponseMessage answer = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        using var strange = new HttpRequestMessage(HttpMethod.Get, "ui/captures");
        strange.Headers.Host = "evil.example";
        using HttpResponseMessage refused = await client.SendAsync(strange);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [ChromiumFact]
    public async Task A_page_of_another_origin_that_even_knows_the_token_reads_and_changes_nothing()
    {
        await using OpenPage server = await OpenPage.Start(Capture);
        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open("about:blank");
        await page.RouteAsync("http://evil.example/**", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<!doctype html><title>evil</title>" }));
        await page.GotoAsync("http://evil.example/");
        string[] got = await page.EvaluateAsync<string[]>(
            """
            async ([address, token]) => {
              const attempt = async (path, options) => {
                try {
                  const answer = await fetch(address + path, options);
                  return `${path}: ${answer.type === 'opaque' ? 'opaque' : await answer.text()}`;
                } catch {
                  return `${path}: refused`;
                }
              };
              const known = { headers: { Authorization: `Bearer ${token}` } };
              return [
                await attempt('captures'), await attempt('captures', known), await attempt('captures', { mode: 'no-cors' }), await attempt('app.js'),
                await attempt('captures?name=theirs', { method: 'POST', mode: 'no-cors', body: 'x' }), await attempt('captures/1', { method: 'DELETE', ...known }),
                await new Promise(done => { const s = document.createElement('script'); s.type = 'module'; s.onload = () => done('script: loaded'); s.onerror = () => done('script: refused'); s.src = `${address}app.js`; document.head.append(s); }),
              ];
            }
            """, new[] { server.Address.ToString(), server.Token });

        // An opaque answer is one that nobody can look into.
        Assert.All(got, g => Assert.True(g.EndsWith(": refused", StringComparison.Ordinal) || g.EndsWith(": opaque", StringComparison.Ordinal), g));
        Assert.Equal(1, (await server.Get("captures")).GetProperty("captures").GetArrayLength());
    }
}
