using Microsoft.Extensions.Configuration;

namespace NetLab.Host.Services;

/// <summary>
/// Layers of configuration in which a later one can replace a list: <c>Lab:Services=[]</c>, or nothing behind the <c>=</c>, empties it, and the
/// entries of that layer begin it anew. Without that, entries of a later layer change and extend those before, as .NET has it.
/// </summary>
internal static class ListOverrides
{
    private static readonly string[] Lists = ["Lab:Services", "Lab:Relays"];

    /// <summary>Puts layers together, the later over the earlier.</summary>
    public static IConfigurationRoot Build(params IReadOnlyList<IConfiguration> layers)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (IConfiguration layer in layers)
        {
            foreach (string list in Lists.Where(l => layer[l] is "" or "[]"))
            {
                foreach (string key in values.Keys.Where(k => k.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase)).ToList())
                {
                    values.Remove(key);
                }
            }

            foreach ((string key, string? value) in layer.AsEnumerable())
            {
                if (!(Lists.Contains(key, StringComparer.OrdinalIgnoreCase) && value is "" or "[]"))
                {
                    values[key] = value;
                }
            }
        }

        return new ConfigurationBuilder().AddInMemoryCollection(values.Where(v => v.Value is not null)).Build();
    }
}
