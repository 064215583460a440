using NetLab.Host.Captures;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Paths;

/// <summary>Turns a capture into a path that a link can play.</summary>
internal static class PathFromCapture
{
    /// <summary>What a capture must have, for help and messages.</summary>
    public const string Needs =
        "a capture of both ends by one clock (two interfaces of one file, or two files) of any UDP or TCP, "
        + "or of one end of a TCP conversation (round trips are halved there, and lost acknowledgments not seen)";

    /// <summary>Reads a capture.</summary>
    /// <param name="files">The files, read as one.</param>
    /// <param name="seed">The seed with which it is to be played.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="UsageException">There is no such file, or it tells of no path.</exception>
    /// <exception cref="InvalidDataException">It is no capture.</exception>
    public static CapturedPath Read(IReadOnlyList<string> files, ulong seed, CancellationToken cancellationToken)
    {
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new UsageException($"--from '{missing}': {(Directory.Exists(missing) ? "is a folder" : "no such file")}");
        }

        var both = new TwoSidedPath();
        var one = new OneSidedPath();
        var capture = new CaptureInput(files[0], BuiltInProtocols.Registry, null, null, files.Count > 1 ? [.. files.Skip(1)] : null);
        try
        {
            capture.Decode(
                new DecoderOptions { HashStreams = false, DecodeBodies = false },
                (in CapturedPacket packet, DecodedPacket decoded) =>
                {
                    both.Add(packet, decoded);
                    one.Add(packet, decoded);
                    return true;
                },
                _ => { },
                cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw new UsageException($"--from '{files[0]}': {error.Message}");
        }

        return both.Build(seed) ?? one.Build(seed) ?? throw new UsageException($"--from '{string.Join("', '", files)}': tells of no path: it takes {Needs}");
    }
}
