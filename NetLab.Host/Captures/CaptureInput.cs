using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Captures;

/// <summary>A capture as a command line names it.</summary>
/// <param name="Path">The file; - is standard input. The first one, where there are several.</param>
/// <param name="Protocols">The protocols that are known, with what the command line says of them.</param>
/// <param name="KeyLog">A file of TLS secrets, or null.</param>
/// <param name="Interface">The only interface whose packets are read, or null.</param>
/// <param name="Others">Other files, read as one with the first, in order of time; or null.</param>
internal sealed record CaptureInput(string Path, ProtocolRegistry Protocols, string? KeyLog, string? Interface, IReadOnlyList<string>? Others = null)
{
    private const int MaxNames = 8;

    /// <summary>Whether the file is read on as another program writes it, and ends when it is closed.</summary>
    public bool Grows { get; init; }

    /// <summary>Whether another program may still be writing it: standard input, or a file without a length.</summary>
    public bool IsPipe => Path == "-" || new FileInfo(Path) is { Exists: true, Length: 0 } || (Others ?? []).Contains("-");

    /// <summary>Whether a file begins as a capture does, compressed or not.</summary>
    public static bool IsCapture(string path)
    {
        try
        {
            Open(path).Dispose();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Decodes it from front to back.</summary>
    /// <param name="options">What the verb wants of the decoder.</param>
    /// <param name="handler">Called with each packet.</param>
    /// <param name="finish">Called when all were decoded, with the decoder that knows the conversations.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <param name="limit">Packets to decode at most.</param>
    /// <param name="onIdle">Called when what came through a pipe so far was handled; or null.</param>
    /// <param name="onKeyLog">Told of TLS secrets that the capture brought; or null.</param>
    /// <exception cref="UsageException">The interface is not there, or the secrets are none.</exception>
    /// <returns>0, or 1 when the file is cut short or damaged; then one line on stderr says where.</returns>
    public int Decode(
        DecoderOptions options, DecodePipeline.PacketHandler handler, Action<PacketDecoder> finish, CancellationToken cancellationToken, long limit = long.MaxValue,
        Action? onIdle = null, Action<string>? onKeyLog = null)
    {
        using CaptureReader reader = Open();
        var decoder = new PacketDecoder(options with { Protocols = Protocols, OnlyInterface = Interface });
        if (KeyLog is not null)
        {
            // A log that is still empty has secrets later; one of something else never.
            string log = File.ReadAllText(KeyLog);
            if (decoder.AddKeyLog(log) == 0 && log.Split('\n').Any(line => line.Trim() is { Length: > 0 } text && text[0] != '#'))
            {
                throw new UsageException($"--keylog '{KeyLog}': no line of it is a secret of TLS (NSS Key Log Format: LABEL CLIENT_RANDOM SECRET)");
            }
        }

        DecodePipeline.Run(reader, decoder, handler, limit, onIdle, onKeyLog, cancellationToken);
        if (Interface is not null && decoder.OtherInterfaces is { } others)
        {
            string there = others.Count == 0 ? "the capture names no interface" : $"there are packets of {string.Join(", ", others.Order(StringComparer.Ordinal).Take(MaxNames))}";
            throw new UsageException($"--interface '{Interface}': there is no packet of it; {there}");
        }

        finish(decoder);
        if (reader.Damage is not { } damage)
        {
            return ExitCode.Done;
        }

        Console.Error.WriteLine(Others is null ? $"nlab: {Path}: {damage}" : $"nlab: {damage}");
        return ExitCode.Failed;
    }

    /// <summary>Opens it. Of a pipe the first bytes are waited for.</summary>
    /// <param name="cancellationToken">Ends a file that grows.</param>
    /// <exception cref="InvalidDataException">It is no capture.</exception>
    public CaptureReader Open(CancellationToken cancellationToken = default)
    {
        if (Others is null)
        {
            return Grows ? Open(Path, new GrowingFile(Path, cancellationToken)) : Open(Path);
        }

        List<(string Name, CaptureReader Reader)> readers = [];
        try
        {
            foreach (string path in (IEnumerable<string>)[Path, .. Others])
            {
                readers.Add((path, Open(path)));
            }

            return CaptureReader.Merge(readers);
        }
        catch
        {
            readers.ForEach(r => r.Reader.Dispose());
            throw;
        }
    }

    private static CaptureReader Open(string path) =>
        Open(path, path == "-" ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0));

    private static CaptureReader Open(string path, Stream stream)
    {
        try
        {
            return CaptureReader.Open(stream);
        }
        catch (InvalidDataException error)
        {
            stream.Dispose();
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}
