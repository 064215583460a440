using System.ComponentModel;
using System.Diagnostics;

namespace NetLab.Host.Tests;

/// <summary>A test that needs programs nobody here wrote, skipped with their names where one is not installed.</summary>
public sealed class ToolFactAttribute : FactAttribute
{
    /// <param name="tools">Programs that answer <c>--version</c>, or what they have for it.</param>
    public ToolFactAttribute(params string[] tools)
    {
        string[] missing = [.. tools.Where(t => !IsThere(t))];
        if (missing.Length > 0)
        {
            Skip = "needs " + string.Join(" and ", missing);
        }
    }

    private static bool IsThere(string tool)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(tool, tool switch { "dig" => "-v", "socat" => "-V", _ => "--version" })
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
