using NetLab.Osi.Session;

namespace NetLab.Host.Captures;

/// <summary>A folder that what connections carried is written to; nothing that is there already is touched.</summary>
/// <param name="path">The folder.</param>
internal sealed class ObjectFolder(string path)
{
    // More than anybody looks at; a hostile capture makes them by the million.
    private const int MaxFiles = 100_000;
    private const int MaxAttempts = 1_000_000;

    private readonly List<ObjectFile> _files = [];
    private readonly Dictionary<string, int> _taken = new(StringComparer.OrdinalIgnoreCase);

    public string Path { get; } = path;

    public IReadOnlyList<ObjectFile> Files => _files;

    /// <summary>Writes one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Add(CarriedObject found)
    {
        if (_files.Count == MaxFiles)
        {
            throw new InvalidDataException($"{MaxFiles} objects were written to {Path}; the capture has more");
        }

        string name = WithEnding(SafeName.Of(found.Name, "object"), found.ContentType);
        using FileStream file = Create(name, out string taken);
        file.Write(found.Content.Span);
        _files.Add(new ObjectFile(taken, found.Content.Length, found.Packet, found.Stream, found.Protocol, found.Name, found.ContentType));
    }

    // CreateNew follows no link and overwrites nothing, whoever else writes there.
    private FileStream Create(string name, out string taken)
    {
        string stem = System.IO.Path.GetFileNameWithoutExtension(name);
        string ending = System.IO.Path.GetExtension(name);
        int number = _taken.GetValueOrDefault(name);
        while (true)
        {
            number++;
            taken = number == 1 ? name : $"{stem}-{number}{ending}";
            string full = System.IO.Path.Combine(Path, taken);
            try
            {
                var file = new FileStream(full, FileMode.CreateNew, FileAccess.Write);
                _taken[name] = number;
                return file;
            }
            catch (IOException) when (number < MaxAttempts && (File.Exists(full) || Directory.Exists(full) || new FileInfo(full).LinkTarget is not null))
            {
                // Taken by another: the next number.
            }
        }
    }

    private static string WithEnding(string name, string? contentType)
    {
        if (System.IO.Path.HasExtension(name))
        {
            return name;
        }

        return name + contentType?.Split(';')[0].Trim().ToLowerInvariant() switch
        {
            "text/html" => ".html",
            "text/plain" => ".txt",
            "text/css" => ".css",
            "application/json" => ".json",
            "application/javascript" or "text/javascript" => ".js",
            "application/xml" or "text/xml" => ".xml",
            "application/pdf" => ".pdf",
            "application/zip" => ".zip",
            "image/png" => ".png",
            "image/jpeg" => ".jpg",
            "image/gif" => ".gif",
            "image/svg+xml" => ".svg",
            _ => "",
        };
    }
}
