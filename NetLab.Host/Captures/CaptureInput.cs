using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Captures;

/// <summary>A capture as a command line names it.</summary>
/// <param name="Path">The file; - is standard input.</param>
/// <param name="Protocols">The protocols that are known, with what the command line says of them.</param>
/// <param name="KeyLog">A file of TLS secrets, or null.</param>
/// <param name="Interface">The only interface whose packets are read, or null.</param>
internal sealed record CaptureInput(string Path, ProtocolRegistry Protocols, string? KeyLog, string? Interface)
{
    /// <summary>Decodes it from front to back.</summary>
    /// <param name="options">What the verb wants of the decoder.</param>
    /// <param name="handler">Called with each packet.</param>
    /// <param name="finish">Called when all were decoded, with the decoder that knows the conversations.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <param name="limit">Packets to decode at most.</param>
    /// <returns>0, or 1 when the file is cut short or damaged; then one line on stderr says where.</returns>
    public int Decode(DecoderOptions options, DecodePipeline.PacketHandler handler, Action<PacketDecoder> finish, CancellationToken cancellationToken, long limit = long.MaxValue)
    {
        using CaptureReader reader = Open();
        var decoder = new PacketDecoder(options with { Protocols = Protocols, OnlyInterface = Interface });
        if (KeyLog is not null)
        {
            decoder.AddKeyLog(File.ReadAllText(KeyLog));
        }

        DecodePipeline.Run(reader, decoder, handler, limit, cancellationToken);
        finish(decoder);
        if (reader.Damage is not { } damage)
        {
            return ExitCode.Done;
        }

        Console.Error.WriteLine($"nlab: {Path}: {damage}");
        return ExitCode.Failed;
    }

    private CaptureReader Open()
    {
        Stream stream = Path == "-" ? Console.OpenStandardInput() : new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        try
        {
            return CaptureReader.Open(stream);
        }
        catch (InvalidDataException error)
        {
            stream.Dispose();
            throw new InvalidDataException($"{Path}: {error.Message}", error);
        }
    }
}
