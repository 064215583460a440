using Microsoft.Playwright;

namespace NetLab.Host.Tests.Page;

/// <summary>The system's Chromium without a window. What the page complains of in its console fails the test.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _complaints = [];

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Where Chromium is; null if it is not installed.</summary>
    public static string? Executable { get; } = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } said ? said
        : Array.Find(["/usr/bin/chromium", "/usr/bin/chromium-browser"], File.Exists);

    /// <summary>What the page complained of.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public static async Task<Browser> Start()
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
        return new Browser(playwright, browser);
    }

    /// <summary>Opens an address.</summary>
    public async Task<IPage> Open(string address, int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light)
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        IPage page = await context.NewPageAsync();
        page.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
        await page.GotoAsync(address);
        return page;
    }

    /// <summary>Waits until the address says so.</summary>
    public static Task Moved(IPage page, string place) => page.WaitForFunctionAsync("place => location.hash.includes(place)", place);

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
