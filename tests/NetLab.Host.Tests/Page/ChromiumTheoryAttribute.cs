namespace NetLab.Host.Tests.Page;

/// <summary>A theory in a real browser, skipped where Chromium is not installed; see <see cref="ChromiumFactAttribute"/>.</summary>
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute()
    {
        if (Browser.Executable is null)
        {
            Skip = "needs chromium (CHROMIUM names it)";
        }
    }
}
