using NetLab.Host.Settings;

namespace NetLab.Host.Http.Client;

/// <summary>Where a resource is: an address of the lab with a path, such as <c>tcp://127.0.0.1:7080/services</c>.</summary>
/// <param name="Server">The address.</param>
/// <param name="Resource">The same as HTTP says it.</param>
internal sealed record HttpAddress(LabAddress Server, Uri Resource)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static HttpAddress Parse(string text)
    {
        int authority = text.IndexOf("://", StringComparison.Ordinal);
        int path = authority < 0 ? -1 : text.IndexOfAny(['/', '?'], authority + 3);
        string server = path < 0 ? text : text[..path];
        string rest = path < 0 ? "/" : text[path] == '?' ? "/" + text[path..] : text[path..];
        LabAddress address = LabAddress.Parse(server);
        if (!address.IsStream)
        {
            throw new UsageException($"'{text}': HTTP needs a byte stream: tcp:// or kernel-tcp://");
        }

        string host = address.Host.Contains(':', StringComparison.Ordinal) ? $"[{address.Host}]" : address.Host;
        return Uri.TryCreate($"http://{host}:{address.Port}{rest}", UriKind.Absolute, out Uri? resource)
            ? new HttpAddress(address, resource)
            : throw new UsageException($"'{text}': '{rest}' is no path");
    }
}
