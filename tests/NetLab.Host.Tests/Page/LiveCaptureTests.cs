using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using NetLab.Osi.Captures;

namespace NetLab.Host.Tests.Page;

/// <summary>Captures that are shown while another program writes them: a file that grows, and a pipe.</summary>
public sealed class LiveCaptureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nlab-live-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "live.pcapng");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Packets_of_a_file_that_grows_are_there_as_they_are_written()
    {
        using var writer = new Writer(Path);
        await using OpenPage page = await OpenPage.StartLive(Path, grows: true);
        writer.Add(3);
        await Wait(page, "captures/1", c => c.GetProperty("packets").GetInt64() == 3);
        JsonElement capture = await page.Get("captures/1");
        Assert.True(capture.GetProperty("live").GetBoolean());
        Assert.False(capture.GetProperty("complete").GetBoolean());
        Assert.Equal(2, (await page.Get("frame/2")).GetProperty("packet").GetProperty("n").GetInt32());
        Assert.Equal((1, 3), Sums(await page.Get("conversations")));
        writer.Add(2000);
        await Wait(page, "captures/1", c => c.GetProperty("packets").GetInt64() == 2003);

        // What was counted is not counted again, and each is a conversation that goes on.
        await Wait(page, "conversations", c => c.GetProperty("counted").GetInt64() == 2003);
        Assert.Equal((1, 2003), Sums(await page.Get("conversations")));
        JsonElement statistics = await page.Get("statistics");
        Assert.Equal(2003, statistics.GetProperty("packets").GetInt32());
        Assert.Equal(2003, statistics.GetProperty("hierarchy").GetProperty("packets").GetInt32());

        // A filter goes on looking, too.
        Assert.Equal(1, (await page.Get("frames?filter=frame.number%20%3D%3D%202003&limit=5")).GetProperty("total").GetInt32());
    }

    [UnixFact]
    public async Task A_pipe_into_which_nothing_is_written_yet_is_waited_for()
    {
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", [Path]))
        {
            await made.WaitForExitAsync();
        }

        await using OpenPage page = await OpenPage.StartLive(Path, grows: false);
        JsonElement before = await page.Get("captures");
        Assert.Equal(("live.pcapng", 0), (before.GetProperty("waiting")[0].GetString(), before.GetProperty("captures").GetArrayLength()));
        using (var writer = new Writer(Path))
        {
            writer.Add(5);
            await Wait(page, "captures", c => c.GetProperty("captures").EnumerateArray().Any(o => o.GetProperty("packets").GetInt64() == 5));
            Assert.Equal(0, (await page.Get("captures")).GetProperty("waiting").GetArrayLength());
        }

        // Its end is the capture's.
        await Wait(page, "captures/1", c => c.GetProperty("complete").GetBoolean());
        Assert.Equal((1, 5), Sums(await page.Get("conversations")));
    }

    [Fact]
    public async Task What_turns_out_to_be_no_capture_is_said()
    {
        await File.WriteAllTextAsync(Path, string.Concat(Enumerable.Repeat("no capture at all. ", 10)));
        await using OpenPage page = await OpenPage.StartLive(Path, grows: true);
        await Wait(page, "captures", c => c.GetProperty("waiting").EnumerateArray().Any(w => w.GetString()!.Contains("neither pcap nor pcapng", StringComparison.Ordinal)));
    }

    [ChromiumFact]
    public async Task The_newest_packets_stay_in_sight_until_one_looks_elsewhere()
    {
        using var writer = new Writer(Path);
        await using OpenPage server = await OpenPage.StartLive(Path, grows: true);
        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open(server.At("view=captures"));
        await page.WaitForFunctionAsync("() => document.querySelector('main').textContent.includes('Waiting for packets: live.pcapng')");
        writer.Add(500);
        await Shown(page, "500");
        writer.Add(300);
        await Shown(page, "800");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Conversations" }).ClickAsync();
        await page.Locator(".panel tbody tr td.number", new PageLocatorOptions { HasTextString = "800" }).First.WaitForAsync();
        await page.Keyboard.PressAsync("l");
        await page.Keyboard.PressAsync("Home");
        await Browser.Moved(page, "packet=1");
        writer.Add(100);
        await page.WaitForFunctionAsync("() => document.getElementById('status').textContent.includes('900 packets')");
        Assert.Equal("1", await page.Locator(".list-row[aria-selected=true] .number").First.InnerTextAsync());
        Assert.Equal("false", await page.GetByRole(AriaRole.Button, new() { Name = "Live" }).GetAttributeAsync("aria-pressed"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Live" }).ClickAsync();
        await Shown(page, "900");
        Assert.Empty(browser.Complaints);
    }

    private static Task Shown(IPage page, string number) =>
        page.WaitForFunctionAsync("number => [...document.querySelectorAll('.list-row > .number:first-child')].some(c => c.textContent === number)", number);

    private static (int Conversations, long Packets) Sums(JsonElement answer) =>
        (answer.GetProperty("total").GetInt32(), answer.GetProperty("conversations").EnumerateArray().Sum(c => c.GetProperty("packets_a").GetInt64() + c.GetProperty("packets_b").GetInt64()));

    private static async Task Wait(OpenPage page, string path, Func<JsonElement, bool> isThere)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            using HttpResponseMessage answer = await page.Client.GetAsync(new Uri(path, UriKind.Relative), late.Token);
            if (answer.IsSuccessStatusCode && isThere(JsonDocument.Parse(await answer.Content.ReadAsStringAsync(late.Token)).RootElement))
            {
                return;
            }
        }
    }

    /// <summary>The other program: one that writes packets of UDP between two ends.</summary>
    private sealed class Writer : IDisposable
    {
        private readonly PcapngWriter _writer;
        private int _count;

        public Writer(string path) => _writer = new PcapngWriter(new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite));

        public void Add(int count)
        {
            if (_count == 0)
            {
                _writer.AddInterface(1, "test0");
            }

            for (int i = 0; i < count; i++)
            {
                (IPEndPoint from, IPEndPoint to) = (new IPEndPoint(IPAddress.Parse("10.0.0.1"), 5000), new IPEndPoint(IPAddress.Parse("10.0.0.2"), 6000));
                byte[] packet = PacketBuilder.Udp(from, to, System.Text.Encoding.ASCII.GetBytes((++_count).ToString(CultureInfo.InvariantCulture)), sent: true);
                _writer.Write(0, DateTimeOffset.UnixEpoch.AddMilliseconds(_count), packet);
            }

            _writer.Flush();
        }

        public void Dispose() => _writer.Dispose();
    }
}
