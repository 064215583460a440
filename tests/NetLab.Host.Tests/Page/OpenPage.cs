using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using NetLab.Host.Captures;
using NetLab.Host.Commands;
using NetLab.Host.Live;
using NetLab.Host.Measurement;
using NetLab.Host.Page;
using NetLab.Osi.Decoding;

namespace NetLab.Host.Tests.Page;

/// <summary>The page as <c>nlab ui</c> serves it, in this process, on a port of its own.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly OpenCaptures _captures;
    private readonly LabRuns _runs;
    private readonly LiveSessions _live;
    private readonly PageServer _server;

    private OpenPage(OpenCaptures captures, LabRuns runs, LiveSessions live, PageServer server, string token)
    {
        (_captures, _runs, _live, _server, Token) = (captures, runs, live, server, token);
        Client = new HttpClient { BaseAddress = server.Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Client { get; }

    public string Token { get; }

    public Uri Address => _server.Address;

    /// <summary>The address with a place in it, as it is printed.</summary>
    public string At(string place) => $"{Address}#token={Token}&{place}";

    /// <summary>Opens captures, and waits until they were read.</summary>
    public static async Task<OpenPage> Start(params string[] files)
    {
        OpenPage page = await StartAtOnce(files);
        foreach (OpenCapture capture in page._captures.All)
        {
            await capture.WaitAsync(() => false, Timeout.InfiniteTimeSpan, CancellationToken.None);
        }

        return page;
    }

    /// <summary>Opens captures, which are being read when this returns.</summary>
    public static Task<OpenPage> StartAtOnce(params string[] files) => Start(captures =>
    {
        foreach (string file in files)
        {
            captures.Open(Path.GetFileName(file), new CaptureInput(file, captures.Protocols, null, null));
        }
    });

    /// <summary>Opens a capture that is read as it comes: a file that another program writes, or a pipe.</summary>
    public static Task<OpenPage> StartLive(string file, bool grows) =>
        Start(captures => captures.OpenLater(Path.GetFileName(file), new CaptureInput(file, captures.Protocols, null, null) { Grows = grows }));

    private static async Task<OpenPage> Start(Action<OpenCaptures> open)
    {
        var captures = new OpenCaptures(BuiltInProtocols.Registry);
        open(captures);

        var runs = new LabRuns();
        var live = new LiveSessions();
        string token = PageGuard.NewToken();
        var api = new PageApi(new PageGuard(token), captures, runs, live, words => PerfArguments.ComparisonOf(words, mayNameFiles: false));
        PageServer server = await PageServer.StartAsync(0, api.Map, CancellationToken.None);
        return new OpenPage(captures, runs, live, server, token);
    }

    public async Task<JsonElement> Get(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<JsonElement> Send(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The rows that a filter finds, once it has looked at all packets.</summary>
    public async Task<JsonElement> Rows(string query)
    {
        while (true)
        {
            JsonElement answer = await Get("frames?" + query);
            if (answer.GetProperty("complete").GetBoolean())
            {
                return answer;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        await _live.DisposeAsync();
        await _runs.DisposeAsync();
        await _captures.DisposeAsync();
    }
}
