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
    private const int MaxContent = 32 << 20;

    private readonly ContentCodings _codings;
    private readonly ContentBudget _budget;
    private readonly MemoryStream? _coded;
    private MemoryStream? _content;
    private readonly CopyableSha256? _copyable;
    private IncrementalHash? _hash;
    private long _bytes;
    private bool _isLost;

    /// <param name="contentEncoding">The header field's value, or null.</param>
    /// <param name="budget">What all bodies together may become.</param>
    /// <param name="keepsContent">Whether the bytes are wanted, too.</param>
    /// <param name="isCopyable">Whether the decoder may be copied before the body ends.</param>
    public BodyDigest(string? contentEncoding, ContentBudget budget, bool keepsContent = false, bool isCopyable = false)
    {
        _copyable = isCopyable ? new CopyableSha256() : null;
        _content = keepsContent ? new MemoryStream() : null;
        _codings = ContentCodings.Read(contentEncoding);
        _isLost = _codings.AreTooMany;
        _coded = _codings.AreNone || _isLost ? null : new MemoryStream();
        _budget = budget;
    }

    /// <summary>Bytes that are kept.</summary>
    public long Kept => (_coded?.Capacity ?? 0) + (_content?.Capacity ?? 0);

    /// <summary>The bytes without codings, after <see cref="Finish"/>; null if they were not kept.</summary>
    public ReadOnlyMemory<byte>? Content => _content?.GetBuffer().AsMemory(0, (int)_content.Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_isLost)
        {
            return;
        }

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
        else
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

        if (_copyable is not null)
        {
            return (_bytes, Convert.ToHexStringLower(_copyable.Finish()));
        }

        using IncrementalHash hash = _hash!;
        return (_bytes, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    private void Hash(ReadOnlySpan<byte> bytes)
    {
        if (_copyable is not null)
        {
            _copyable.Append(bytes);
        }
        else
        {
            _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _hash.AppendData(bytes);
        }

        _bytes += bytes.Length;
        if (_bytes > MaxContent)
        {
            _content = null;
        }

        _content?.Write(bytes);
    }

    private bool TryDecode()
    {
        try
        {
            _coded!.Position = 0;
            _budget.Begin(_coded.Length);
            using Stream? content = _codings.Open(_coded, _budget);
            if (content is null)
            {
                return false;
            }

            byte[] buffer = new byte[16 << 10];
            int read;
            while ((read = content.Read(buffer)) > 0)
            {
                Hash(buffer.AsSpan(0, read));
            }

            return true;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or InvalidOperationException or ZstdException)
        {
            // A body that lies about its coding, was cut, or becomes too large: not known.
            return false;
        }
    }
}
