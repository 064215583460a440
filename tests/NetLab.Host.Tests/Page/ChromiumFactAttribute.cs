namespace NetLab.Host.Tests.Page;

/// <summary>A test in a real browser, skipped where Chromium is not installed: CHROMIUM names it, /usr/bin/chromium is looked for.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Browser.Executable is null)
        {
            Skip = "needs chromium (CHROMIUM names it)";
        }
    }
}
