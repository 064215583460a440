using Microsoft.Playwright;

namespace NetLab.Host.Tests.Page;

/// <summary>
/// Pictures of every view, light and dark, narrow and wide: written where NLAB_SHOTS says, by
/// <c>NLAB_SHOTS=DIR dotnet test tests/NetLab.Host.Tests --filter PageShots</c>; without it the views are only shown, and must fit.
/// </summary>
public sealed class PageShots
{
    /// <summary>The views, by their places.</summary>
    internal static readonly string[] Places =
    [
        "capture=1&packet=18&field=tcp.window_size_value",
        "capture=1&packet=18&panel=follow",
        "capture=1&packet=18&panel=ladder",
        "capture=1&packet=18&panel=graphs",
        "capture=1&packet=18&panel=conversations",
        "capture=1&packet=18&panel=statistics",
        "view=live",
        "view=experiments&experiment=slow-start",
        "view=measurements",
    ];

    private static readonly (string Name, int Width, int Height)[] Sizes = [("narrow", 400, 800), ("wide", 1280, 800), ("4k", 3840, 2160)];

    [ChromiumFact]
    public async Task Every_view_fits_from_400_pixels_to_4K_and_its_texts_stand_out()
    {
        string? folder = Environment.GetEnvironmentVariable("NLAB_SHOTS");
        string[] captures = [Path.Combine(Osi.Tests.Folders.Captures, "lost-segments-as-tcp.pcapng"), Path.Combine(Osi.Tests.Folders.Captures, "http-as-tcp.pcapng")];
        await using OpenPage server = await OpenPage.Start(captures);
        using (var run = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Data", "Runs", "run-1-loss.json"))))
        {
            (await server.Client.PostAsync(new Uri("measurements?name=run-1-loss.json", UriKind.Relative), run)).Dispose();
        }

        await using Browser browser = await Browser.Start();
        foreach ((string name, int width, int height) in Sizes)
        {
            foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                // Without pictures, what is asked of each size is asked once.
                bool isWide = width == 1280;
                foreach (string place in folder is not null || isWide ? Places : scheme == ColorScheme.Light ? Places : [])
                {
                    IPage page = await browser.Open(server.At(place.Contains("measurements", StringComparison.Ordinal) ? place + "&runs=file-1" : place), width, height, scheme);
                    await Settle(page);
                    Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= width, $"{name} {place} is wider than its window");
                    Assert.InRange(await page.EvaluateAsync<int>("() => document.querySelectorAll('*').length"), 1, 2000);
                    if (isWide)
                    {
                        string[] weak = await page.EvaluateAsync<string[]>(WeakTexts);
                        Assert.True(weak.Length == 0, $"{scheme} {place}: {string.Join("; ", weak)}");
                        string[] unsaid = await page.EvaluateAsync<string[]>(UnsaidParts);
                        Assert.True(unsaid.Length == 0, $"{place}: {string.Join("; ", unsaid)}");
                    }

                    if (folder is not null)
                    {
                        string view = place.Split('&').Last(p => !p.StartsWith("field", StringComparison.Ordinal) && !p.StartsWith("experiment=", StringComparison.Ordinal)).Split('=')[1];
                        await Keep(page, Path.Combine(folder, $"{(view == "18" ? "details" : view)}-{name}-{scheme.ToString().ToLowerInvariant()}.webp"));
                    }

                    await page.Context.CloseAsync();
                }
            }
        }

        Assert.Empty(browser.Complaints);
    }

    // WCAG 2.2, 1.4.3: 4.5 to 1. What is disabled, or not to be seen, does not count.
    private const string WeakTexts =
        """
        () => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const parse = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
          const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
          const weak = new Set();
          for (const node of document.querySelectorAll('body *')) {
            const own = [...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim());
            if (!own || !node.checkVisibility() || node.closest('[disabled], option, title, script, style, .hidden-text, .skip, noscript')) continue;
            const style = getComputedStyle(node);
            const isDrawing = node.ownerSVGElement !== null && node.ownerSVGElement !== undefined;
            const front = parse(isDrawing ? style.fill : style.color);
            let back = [255, 255, 255, 255];
            for (let up = node; up; up = up.parentElement) { const c = parse(getComputedStyle(up).backgroundColor); if (c[3] > 250) { back = c; break; } }
            const [a, b] = [light(front), light(back)];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) weak.add(`${node.tagName}.${node.getAttribute('class') ?? ''} ${ratio.toFixed(2)} '${node.textContent.trim().slice(0, 20)}'`);
          }
          return [...weak].slice(0, 12);
        }
        """;

    // WCAG 2.2, 1.3.1 and 4.1.2: what can be used has a name; what is referred to is there; nothing but the document says the order of the Tab key.
    private const string UnsaidParts =
        """
        () => {
          const wrong = [];
          const say = (node, what) => wrong.push(`${what}: ${node.outerHTML.slice(0, 100)}`);
          for (const node of document.querySelectorAll('button, a[href], input, select, textarea, [tabindex], [role=button], [role=tab], [role=tree], [role=grid], [role=menu], [role=menuitem], [role=img], img, svg:not([aria-hidden])')) {
            if (!node.checkVisibility() || node.id === 'main' || node.matches('tr')) continue;
            const labels = [...(node.labels ?? [])].map(l => l.textContent.trim()).join('');
            const name = node.getAttribute('aria-label') || labels || node.getAttribute('alt') || node.textContent.trim() || node.getAttribute('title');
            if (!name) say(node, 'no name');
            if (node.tabIndex > 0) say(node, 'an order of its own');
            if (node.tagName === 'SELECT' && !node.getAttribute('aria-label') && !labels) say(node, 'no label');
          }
          for (const attribute of ['aria-controls', 'aria-owns', 'aria-activedescendant', 'aria-labelledby']) {
            for (const node of document.querySelectorAll(`[${attribute}]`)) {
              if (node.getAttribute(attribute) && !document.getElementById(node.getAttribute(attribute))) say(node, `${attribute} leads nowhere`);
            }
          }
          const ids = [...document.querySelectorAll('[id]')].map(n => n.id);
          ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => wrong.push(`twice: ${id}`));
          for (const tree of document.querySelectorAll('[role=tree]')) if (tree.children.length && !tree.querySelector('[role=treeitem]')) say(tree, 'no items');
          for (const list of document.querySelectorAll('[role=tablist]')) if (!list.hidden && list.querySelectorAll('[role=tab][aria-selected=true]').length !== 1) say(list, 'no tab chosen');
          if (document.querySelectorAll('h1').length !== 1 || !document.documentElement.lang || !document.querySelector('main')) wrong.push('no heading, language or main part');
          return wrong.slice(0, 12);
        }
        """;

    // WebP is a quarter of PNG; Playwright itself has no word for it.
    private static async Task Keep(IPage page, string path)
    {
        ICDPSession session = await page.Context.NewCDPSessionAsync(page);
        System.Text.Json.JsonElement? answer = await session.SendAsync("Page.captureScreenshot", new Dictionary<string, object> { ["format"] = "webp", ["quality"] = 82 });
        await File.WriteAllBytesAsync(path, answer!.Value.GetProperty("data").GetBytesFromBase64());
    }

    /// <summary>Waits until a view has what it shows.</summary>
    internal static async Task Settle(IPage page)
    {
        string place = page.Url;
        if (place.Contains("view=live", StringComparison.Ordinal))
        {
            await page.WaitForFunctionAsync("() => document.getElementById('live-command')?.textContent.startsWith('nlab live')");
            await page.Locator("input[type=range][aria-label=Time]").FocusAsync();
            for (int i = 0; i < 300; i++)
            {
                await page.Keyboard.PressAsync("ArrowRight");
            }
        }
        else if (place.Contains("view=experiments", StringComparison.Ordinal))
        {
            await page.ClickAsync("text=Run");
            await page.WaitForSelectorAsync(".laws .sign");
        }
        else if (place.Contains("view=measurements", StringComparison.Ordinal))
        {
            await page.WaitForSelectorAsync(".side ul");
            await page.WaitForFunctionAsync("() => !location.hash.includes('runs=') || document.querySelector('.charts canvas')");
        }
        else
        {
            await page.WaitForSelectorAsync(".list-row[aria-selected=true]");
            await page.WaitForFunctionAsync(
                "() => { const p = new URLSearchParams(location.hash.slice(1)).get('panel'); return !p ? document.querySelector('.node') : { follow: '.talk span', ladder: '.ladder .step', graphs: '.charts canvas', conversations: '.panel tbody tr', statistics: '.columns section' }[p] && document.querySelector({ follow: '.talk span', ladder: '.ladder .step', graphs: '.charts canvas', conversations: '.panel tbody tr', statistics: '.columns section' }[p]); }");
        }

        await page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }
}
