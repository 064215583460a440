using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace NetLab.Host.Tests.Page;

/// <summary>What a person comes to the page for, done to the end: by the keyboard alone, and by the mouse alone. The help that '?' shows is all that is read.</summary>
public sealed partial class TaskListTests
{
    private static string Lost => Path.Combine(Osi.Tests.Folders.Captures, "lost-segments-as-tcp.pcapng");

    private static string Run => Path.Combine(AppContext.BaseDirectory, "Data", "Runs", "run-1-loss.json");

    [ChromiumFact]
    public async Task By_keyboard_the_retransmission_is_found_filtered_by_a_field_and_saved()
    {
        await using OpenPage server = await OpenPage.Start(Lost);
        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open(server.At("view=captures"));
        await page.WaitForSelectorAsync(".list-row[aria-selected=true]");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("tcp.analysis.retr");
        await page.WaitForSelectorAsync(".choices li");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Browser.Moved(page, "filter=tcp.analysis.retransmission");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.list-row').length > 0 && [...document.querySelectorAll('.list-row')].every(r => r.textContent.includes('retransmission'))");
        await page.Keyboard.PressAsync("End");
        await page.WaitForFunctionAsync("() => document.querySelector('.list-row[aria-selected=true]')?.textContent.includes('retransmission')");

        // To the layers, down to TCP, in, and by its source port.
        await page.Keyboard.PressAsync("t");
        await Until(page, "ArrowDown", "() => document.querySelector('[role=treeitem][aria-selected=true] .key')?.textContent === 'Transmission Control Protocol'");
        await page.Keyboard.PressAsync("ArrowRight");
        await Until(page, "ArrowDown", "() => document.querySelector('[role=treeitem][aria-selected=true] .key')?.textContent === 'sport'");
        await page.Keyboard.PressAsync("Enter");
        await Browser.Moved(page, "filter=tcp.srcport+%3D%3D+65000");
        await page.WaitForFunctionAsync("() => document.getElementById('status').textContent.includes('packets match')");
        string path = await Saved(page, async () =>
        {
            await page.Keyboard.PressAsync("s");
            await page.Keyboard.PressAsync("Enter");
        });
        await CheckSaved(path, "tcp.srcport == 65000");
        Assert.Empty(browser.Complaints);
    }

    [ChromiumFact]
    public async Task By_mouse_the_retransmission_is_found_filtered_by_a_field_and_saved()
    {
        await using OpenPage server = await OpenPage.Start(Lost);
        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open(server.At("view=captures"));
        await page.GetByRole(AriaRole.Tab, new() { Name = "Statistics" }).ClickAsync();
        await page.Locator(".panel tr", new PageLocatorOptions { HasTextString = "retransmission" }).First.ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.list-row[aria-selected=true]')?.textContent.includes('retransmission')");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Details" }).ClickAsync();
        await page.Locator("[role=treeitem] > .key", new PageLocatorOptions { HasTextString = "Transmission Control Protocol" }).ClickAsync();
        ILocator port = page.Locator("[role=treeitem]", new PageLocatorOptions { Has = page.Locator(".key", new PageLocatorOptions { HasTextRegex = Sport() }) });
        string number = await port.Locator(".value").InnerTextAsync();
        await port.HoverAsync();
        await port.GetByText("filter by this").ClickAsync();
        await Browser.Moved(page, $"filter=tcp.srcport+%3D%3D+{number}");
        await page.WaitForFunctionAsync("() => document.getElementById('status').textContent.includes('packets match')");
        string path = await Saved(page, async () =>
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Save …" }).ClickAsync();
            await page.GetByRole(AriaRole.Menuitem, new() { Name = "packets as pcapng" }).ClickAsync();
        });
        await CheckSaved(path, $"tcp.srcport == {number}");
        Assert.Empty(browser.Complaints);
    }

    [ChromiumFact]
    public async Task By_keyboard_a_packet_is_killed_and_the_command_copied()
    {
        await using OpenPage server = await OpenPage.Start();
        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open(server.At("view=captures"));
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Keyboard.PressAsync("2");
        await page.WaitForFunctionAsync("() => document.getElementById('live-command')?.textContent.startsWith('nlab live')");
        await Until(page, ".", "() => document.querySelector(\"[data-name='up.DATA#20']\") !== null");
        await page.Keyboard.PressAsync("w");
        await Until(page, "ArrowUp", "() => document.activeElement.dataset.name === 'up.DATA#20'");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.getElementById('live-command').textContent.includes('up.drop=DATA#20')");

        // The focus is where it was: the next thing is done to the same packet.
        await page.WaitForFunctionAsync("() => document.activeElement.dataset.name === 'up.DATA#20'");
        await page.Keyboard.PressAsync("c");
        await page.WaitForFunctionAsync("() => document.getElementById('status').textContent === 'copied'");
        Assert.Equal(await page.Locator("#live-command").InnerTextAsync(), await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        Assert.Empty(browser.Complaints);
    }

    [ChromiumFact]
    public async Task By_mouse_a_packet_is_killed_and_the_command_copied()
    {
        await using OpenPage server = await OpenPage.Start();
        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open(server.At("view=captures"));
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.ClickAsync("text=Live lab");
        await page.WaitForFunctionAsync("() => document.getElementById('live-command')?.textContent.startsWith('nlab live')");
        for (int i = 0; i < 200 && await page.Locator("[data-name='up.DATA#20'] .ball[r='5.5']").CountAsync() == 0; i++)
        {
            await page.ClickAsync("[aria-label='On to the next event']");
            await page.EvaluateAsync("() => new Promise(requestAnimationFrame)");
        }

        await page.Locator("[data-name='up.DATA#20'] .ball").ClickAsync(new() { Force = true });
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "kill" }).ClickAsync();
        await page.WaitForFunctionAsync("() => document.getElementById('live-command').textContent.includes('.drop=')");
        await page.ClickAsync(".command button");
        await page.WaitForFunctionAsync("() => document.getElementById('status').textContent === 'copied'");
        Assert.Equal(await page.Locator("#live-command").InnerTextAsync(), await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
        Assert.Empty(browser.Complaints);
    }

    [ChromiumTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_saved_runs_are_compared(bool byKeyboard)
    {
        await using OpenPage server = await OpenPage.Start();
        foreach (string name in (string[])["before.json", "after.json"])
        {
            using var run = new ByteArrayContent(await File.ReadAllBytesAsync(Run));
            (await server.Client.PostAsync(new Uri($"measurements?name={name}", UriKind.Relative), run)).EnsureSuccessStatusCode().Dispose();
        }

        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open(server.At("view=captures"));
        if (byKeyboard)
        {
            await page.Keyboard.PressAsync("4");
            await page.WaitForSelectorAsync(".side input[type=checkbox]");
            await Until(page, "Tab", "() => document.activeElement.matches('.side li:first-child input')");
            await page.Keyboard.PressAsync("Space");
            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.PressAsync("Space");
        }
        else
        {
            await page.ClickAsync("text=Measurements");
            foreach (string name in (string[])["before", "after"])
            {
                await page.Locator(".side label", new PageLocatorOptions { HasTextString = name }).ClickAsync();
            }
        }

        await page.Locator(".sheet", new PageLocatorOptions { HasTextString = "no difference to be seen" }).WaitForAsync();
        Assert.Empty(browser.Complaints);
    }

    [ChromiumFact]
    public async Task A_file_is_dropped_and_a_damaged_one_says_where_it_broke()
    {
        byte[] whole = await File.ReadAllBytesAsync(Lost);
        await using OpenPage server = await OpenPage.Start();
        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open(server.At("view=captures"));
        await page.WaitForFunctionAsync("() => document.querySelector('main').textContent.includes('No capture is open')");
        await page.EvaluateAsync(
            """
            text => {
              const data = new DataTransfer();
              data.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], 'half.pcapng'));
              document.getElementById('main').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
            }
            """, Convert.ToBase64String(whole, 0, whole.Length / 2));
        await page.WaitForFunctionAsync("() => /half\\.pcapng: .*cut short.*What stands before it is shown/.test(document.querySelector('.notice:not([hidden])')?.textContent ?? '')");
        await page.WaitForSelectorAsync(".list-row[aria-selected=true]");
        Assert.Empty(browser.Complaints);
    }

    [ChromiumFact]
    public async Task A_byte_under_the_pointer_says_the_deepest_field_that_owns_it()
    {
        await using OpenPage server = await OpenPage.Start(Lost);
        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open(server.At("packet=18"));
        await page.WaitForSelectorAsync(".bytes-line");

        // Bytes 34 and 35, behind Ethernet and IPv4 without options, are TCP's source port.
        ILocator line = page.Locator(".bytes-line").Nth(2);
        LocatorBoundingBoxResult box = (await line.BoundingBoxAsync())!;
        float width = await page.EvaluateAsync<float>("() => { const r = document.createRange(); const t = document.querySelectorAll('.bytes-line')[2].firstChild.firstChild; r.selectNode(t); return r.getBoundingClientRect().width / 4; }");
        await page.Mouse.MoveAsync(box.X + (width * (6 + (2 * 3) + 1)), box.Y + 8);
        await page.WaitForFunctionAsync("() => document.querySelector('.bytes-foot').textContent === 'byte 34 (0x22): tcp sport = 65000'");
    }

    // Presses a key until something is so.
    private static async Task Until(IPage page, string key, string isSo)
    {
        for (int i = 0; i < 400 && !await page.EvaluateAsync<bool>(isSo); i++)
        {
            await page.Keyboard.PressAsync(key);
            await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        }

        Assert.True(await page.EvaluateAsync<bool>(isSo), $"{key}: {isSo}");
    }

    private static async Task<string> Saved(IPage page, Func<Task> save)
    {
        IDownload download = await page.RunAndWaitForDownloadAsync(save);
        Assert.EndsWith(".pcapng", download.SuggestedFilename, StringComparison.Ordinal);
        return await download.PathAsync();
    }

    private static async Task CheckSaved(string path, string filter)
    {
        Nlab.Ended expected = await Nlab.Run("decode", Lost, "--filter", filter, "--columns", "frame.time_epoch,tcp.seq_raw", "--tsv");
        Nlab.Ended got = await Nlab.Run("decode", path, "--columns", "frame.time_epoch,tcp.seq_raw", "--tsv");
        Assert.Equal(0, got.ExitCode);
        Assert.True(got.Output.Split('\n').Length > 5);
        Assert.Equal(expected.Output, got.Output);
    }

    [GeneratedRegex("^sport$")]
    private static partial Regex Sport();
}
