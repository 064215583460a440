using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace NetLab.Osi.Presentation;

/// <summary>The content codings of a body (RFC 9110, 8.4.1), as a header field lists them.</summary>
internal readonly struct ContentCodings
{
    /// <summary>More than anybody applies, one upon the other; each more costs memory and time.</summary>
    public const int Max = 4;

    // RFC 9659, 3: a window of 8 MiB is the most that HTTP allows.
    private const int ZstdWindowLog = 23;

    private readonly string[]? _codings;

    private ContentCodings(string[]? codings, bool areTooMany) => (_codings, AreTooMany) = (codings, areTooMany);

    /// <summary>Whether there are none.</summary>
    public bool AreNone => !AreTooMany && _codings is null;

    /// <summary>Whether there are more than anybody removes.</summary>
    public bool AreTooMany { get; }

    /// <summary>Reads a header field's value.</summary>
    public static ContentCodings Read(string? value)
    {
        List<string>? codings = null;
        foreach (System.Range range in value.AsSpan().Split(','))
        {
            ReadOnlySpan<char> coding = value.AsSpan(range).Trim();
            if (coding.IsEmpty || coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (codings is { Count: Max })
            {
                return new ContentCodings(null, true);
            }

            (codings ??= []).Add(coding.ToString().ToLowerInvariant());
        }

        return new ContentCodings(codings?.ToArray(), false);
    }

    /// <summary>The content of a coded body: each coding's output counts in the budget.</summary>
    /// <param name="coded">The body; read from its beginning.</param>
    /// <param name="budget">What all bodies may become.</param>
    /// <returns>To be disposed, with which all decoders are; null if a coding is not known.</returns>
    public Stream? Open(Stream coded, ContentBudget budget)
    {
        Stream stream = coded;
        for (int i = (_codings?.Length ?? 0) - 1; i >= 0; i--)
        {
            if (Decoder(_codings![i], stream) is not { } decoder)
            {
                stream.Dispose();
                return null;
            }

            stream = new BudgetedStream(decoder, budget);
        }

        return stream;
    }

    private static Stream? Decoder(string coding, Stream stream) => coding switch
    {
        "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
        "deflate" => Deflate(stream),
        "br" => new BrotliStream(stream, CompressionMode.Decompress),
        "zstd" => Zstandard(stream),
        _ => null,
    };

    private static DecompressionStream Zstandard(Stream stream)
    {
        var decoder = new DecompressionStream(stream, leaveOpen: false);
        decoder.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, ZstdWindowLog);
        return decoder;
    }

    // RFC 9110, 8.4.1.2: the zlib format; some senders leave its header away.
    private static Stream Deflate(Stream stream)
    {
        int first = stream.CanSeek ? stream.ReadByte() : 0x78;
        int second = stream.CanSeek ? stream.ReadByte() : 0x9C;
        if (stream.CanSeek)
        {
            stream.Position = 0;
        }

        bool isZlib = (first & 15) == 8 && ((first << 8) | second) % 31 == 0;
        return isZlib ? new ZLibStream(stream, CompressionMode.Decompress) : new DeflateStream(stream, CompressionMode.Decompress);
    }
}
