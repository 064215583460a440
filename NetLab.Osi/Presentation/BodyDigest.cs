using System.IO.Compression;
using System.Security.Cryptography;
using ZstdSharp;

namespace NetLab.Osi.Presentation;

/// <summary>
/// The size and SHA-256 of an HTTP body after its content codings (RFC 9110, 8.4.1) were removed. A body without a coding is
/// hashed as it comes; a coded one is kept until it ends, as far as its bounds allow.
/// </summary>
internal sealed class BodyDigest
{
    // What is larger is counted as not known: a capture must not become an allocation, nor a small body an endless one.
    private const int MaxCoded = 16 << 20;
    private const long MaxDecoded = 256 << 20;

    private readonly string[] _codings;
    private readonly MemoryStream? _coded;
    private IncrementalHash? _hash;
    private long _bytes;
    private bool _isLost;

    /// <param name="contentEncoding">The header field's value, or null.</param>
    public BodyDigest(string? contentEncoding)
    {
        _codings = contentEncoding?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        _codings = [.. _codings.Where(c => !c.Equals("identity", StringComparison.OrdinalIgnoreCase))];
        _coded = _codings.Length > 0 ? new MemoryStream() : null;
    }

    /// <summary>Bytes that are kept.</summary>
    public long Kept => _coded?.Length ?? 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_coded is null)
        {
            Hash(bytes);
            return;
        }

        if (_coded.Length + bytes.Length > MaxCoded)
        {
            _isLost = true;
            _coded.SetLength(0);
            _coded.Capacity = 0;
        }
        else if (!_isLost)
        {
            _coded.Write(bytes);
        }
    }

    /// <summary>The body ended.</summary>
    /// <returns>Null if it is empty, too large, or its coding is not known or broken.</returns>
    public (long Bytes, string Sha256)? Finish()
    {
        if (_isLost || (_coded is { Length: > 0 } && !TryDecode()) || _bytes == 0)
        {
            _hash?.Dispose();
            return null;
        }

        using IncrementalHash hash = _hash!;
        return (_bytes, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    private void Hash(ReadOnlySpan<byte> bytes)
    {
        _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _hash.AppendData(bytes);
        _bytes += bytes.Length;
    }

    private bool TryDecode()
    {
        try
        {
            _coded!.Position = 0;
            Stream stream = _coded;
            for (int i = _codings.Length - 1; i >= 0; i--)
            {
                if (Decoder(_codings[i], stream) is not { } decoder)
                {
                    return false;
                }

                stream = decoder;
            }

            byte[] buffer = new byte[16 << 10];
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                Hash(buffer.AsSpan(0, read));
                if (_bytes > MaxDecoded)
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or InvalidOperationException or ZstdException)
        {
            // A body that lies about its coding, or was cut: not known.
            return false;
        }
    }

    private static Stream? Decoder(string coding, Stream stream) => coding.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(stream, CompressionMode.Decompress),
        "deflate" => Deflate(stream),
        "br" => new BrotliStream(stream, CompressionMode.Decompress),
        "zstd" => new DecompressionStream(stream),
        _ => null,
    };

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
