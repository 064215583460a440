using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NetLab.Host.Tests.Http;

namespace NetLab.Host.Tests.Page;

/// <summary>The page of <c>nlab serve</c> over NetLab's own TCP, through a link that loses: a browser speaks the kernel's TCP to <c>nlab forward</c>, which speaks the lab's.</summary>
public sealed partial class PageOverTcpTests(ServedLab lab) : IClassFixture<ServedLab>
{
    [ChromiumFact]
    public async Task A_capture_is_brought_in_and_looked_at_through_five_per_cent_of_loss()
    {
        using Nlab forward = Nlab.Start(Path.GetTempPath(), "forward", "kernel-tcp://127.0.0.1:0", lab.Tcp, "--link", "delay=5ms,loss=5%,seed=7");
        await forward.Complained("kernel-tcp://127.0.0.1:");
        int port = int.Parse(Port().Match(forward.ErrorsSoFar()).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        using (var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/ui/"), Timeout = Patience })
        using (var capture = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(Osi.Tests.Folders.Captures, "lost-segments-as-tcp.pcapng"))))
        {
            (await client.PostAsync(new Uri("captures?name=lost.pcapng", UriKind.Relative), capture)).EnsureSuccessStatusCode().Dispose();
        }

        await using Browser browser = await Browser.Start();
        IPage page = await browser.Open($"http://127.0.0.1:{port}/ui/#packet=18&field=tcp.window_size_value");
        await page.Locator(".list-row[aria-selected=true] .number", new PageLocatorOptions { HasTextString = "18" }).First.WaitForAsync();
        await page.WaitForSelectorAsync("[role=treeitem][aria-selected=true]");
        Assert.Equal("lost.pcapng", await page.EvaluateAsync<string>("() => fetch('captures').then(a => a.json()).then(c => c.captures[0].name)"));
        Assert.Empty(browser.Complaints);
    }

    [GeneratedRegex(@"kernel-tcp://127\.0\.0\.1:(\d+)")]
    private static partial Regex Port();
}
