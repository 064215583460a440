using System.Globalization;
using NetLab.Host.Settings;

namespace NetLab.Host.Backends;

/// <summary>How a balancer finds out which backends are well.</summary>
/// <param name="Every">Time between checks; null for none but the connections themselves.</param>
/// <param name="Timeout">How long a check, and a connection's beginning, may take.</param>
/// <param name="Down">Failures in a row after which a backend is down.</param>
/// <param name="Up">Successes in a row after which it is up again.</param>
/// <param name="Path">What is asked for by HTTP; null to connect and no more.</param>
internal sealed record HealthCheck(TimeSpan? Every, TimeSpan Timeout, int Down, int Up, string? Path)
{
    private const int MaxCount = 100;

    /// <summary>Reads one, such as <c>every=1s,timeout=500ms,down=2,up=2,path=/</c>, all of which has a default, or <c>off</c>.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static HealthCheck Parse(string? text)
    {
        Dictionary<string, string> values = text is null or "off" ? [] : KeyedText.Read(text, "Health", ["every", "timeout", "down", "up", "path"]);
        if (values.TryGetValue("path", out string? path) && !Uri.TryCreate(new Uri("http://backend"), path, out _) | path?.StartsWith('/') == false)
        {
            throw new UsageException($"Health '{text}': path={path}: a path begins with /");
        }

        TimeSpan every = DurationText.Parse(values.GetValueOrDefault("every") ?? "1s", "Health every=");
        return new HealthCheck(
            text == "off" ? null : every, DurationText.Parse(values.GetValueOrDefault("timeout") ?? "1s", "Health timeout="), Count("down", "2"), Count("up", "2"), path);

        int Count(string key, string otherwise) =>
            int.TryParse(values.GetValueOrDefault(key) ?? otherwise, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MaxCount
                ? count
                : throw new UsageException($"Health '{text}': {key}={values[key]}: 1 to {MaxCount}");
    }
}
