using System.Reflection;
using System.Runtime.InteropServices;

namespace NetLab.Host.Tests;

/// <summary>
/// A test that packs the command as a tool. What a package is compiled ahead with comes from a registry; where NuGet's folder does not
/// have it, the test is skipped with its name, and <c>dotnet restore NetLab.Host -p:_IsPacking=true</c> gets it.
/// </summary>
public sealed class PackFactAttribute : FactAttribute
{
    public PackFactAttribute()
    {
        string[] missing = [.. Needed.Where(part => !Directory.Exists(Path.Combine(PackageFolder, part)))];
        if (missing.Length > 0)
        {
            Skip = $"needs {string.Join(" and ", missing)} in {PackageFolder}";
        }
    }

    /// <summary>The platform of this machine, as packages call it.</summary>
    public static string Platform { get; } = RuntimeInformation.RuntimeIdentifier;

    private static string PackageFolder { get; } = Said("PackageFolder");

    // The compiler, and the frameworks it compiles against.
    private static string[] Needed =>
    [
        .. ((string[])["microsoft.netcore.app.crossgen2", "microsoft.netcore.app.runtime", "microsoft.aspnetcore.app.runtime"])
            .Select(name => Path.Combine($"{name}.{Platform}", Said("PackedVersion"))),
    ];

    // What the build knew.
    private static string Said(string key) =>
        typeof(PackFactAttribute).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
