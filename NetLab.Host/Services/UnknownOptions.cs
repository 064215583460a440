using System.Collections;
using Microsoft.Extensions.Configuration;

namespace NetLab.Host.Services;

/// <summary>Finds what a configuration says that nobody would read: a misspelt option must not be silently ignored.</summary>
internal static class UnknownOptions
{
    /// <summary>The path of the first key below a section that the type has no property for; null if all are known.</summary>
    public static string? FirstIn(IConfigurationSection section, Type type)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            Type? known = TypeOf(type, child.Key);
            if (known is null)
            {
                return child.Path;
            }

            if (child.GetChildren().Any() && FirstIn(child, known) is { } deeper)
            {
                return deeper;
            }
        }

        return null;
    }

    private static Type? TypeOf(Type type, string key) => typeof(IList).IsAssignableFrom(type)
        ? (int.TryParse(key, out _) ? type.GetGenericArguments()[0] : null)
        : type.GetProperties().FirstOrDefault(p => p.Name.Equals(key, StringComparison.OrdinalIgnoreCase))?.PropertyType;
}
