using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace NetLab.Osi.Presentation;

/// <summary>Decrypts the records of one direction, in order.</summary>
internal sealed class TlsRecordCipher : IDisposable, ICloneable
{
    private const int TagSize = 16;
    private const int NonceSize = 12;
    private const int ExplicitNonceSize = 8;

    private readonly TlsAead _aead;
    private readonly IDisposable _cipher;
    private readonly byte[] _key;
    private readonly byte[] _iv;
    private readonly bool _isVersion13;
    private ulong _sequence;

    private TlsRecordCipher(TlsSuite suite, byte[] key, byte[] iv, bool isVersion13)
        : this(suite.Aead, key, iv, isVersion13)
    {
    }

    private TlsRecordCipher(TlsAead aead, byte[] key, byte[] iv, bool isVersion13)
    {
        (_aead, _key, _iv, _isVersion13) = (aead, key, iv, isVersion13);
        _cipher = aead switch
        {
            TlsAead.Gcm => new AesGcm(key, TagSize),
            TlsAead.Ccm => new AesCcm(key),
            _ => new ChaCha20Poly1305(key),
        };
    }

    /// <summary>The keys of TLS 1.3 (RFC 8446, 7.3).</summary>
    public static TlsRecordCipher FromTrafficSecret(TlsSuite suite, byte[] secret) => new(
        suite, Expand(suite, secret, "key", suite.KeyLength), Expand(suite, secret, "iv", NonceSize), isVersion13: true);

    /// <summary>The secret that follows one after a KeyUpdate (RFC 8446, 7.2).</summary>
    public static byte[] NextSecret(TlsSuite suite, byte[] secret) => Expand(suite, secret, "traffic upd", secret.Length);

    /// <summary>The keys of TLS 1.2 (RFC 5246, 6.3).</summary>
    public static (TlsRecordCipher Client, TlsRecordCipher Server) FromMasterSecret(TlsSuite suite, byte[] master, ReadOnlySpan<byte> clientRandom, ReadOnlySpan<byte> serverRandom)
    {
        int ivLength = suite.Aead == TlsAead.ChaCha20Poly1305 ? NonceSize : NonceSize - ExplicitNonceSize;
        byte[] block = Prf(suite.Hash, master, "key expansion", [.. serverRandom, .. clientRandom], 2 * (suite.KeyLength + ivLength));
        int ivs = 2 * suite.KeyLength;
        return (
            new TlsRecordCipher(suite, block[..suite.KeyLength], block[ivs..(ivs + ivLength)], isVersion13: false),
            new TlsRecordCipher(suite, block[suite.KeyLength..ivs], block[(ivs + ivLength)..], isVersion13: false));
    }

    /// <summary>Decrypts a record.</summary>
    /// <param name="type">Its content type; of TLS 1.3, the one that was hidden.</param>
    /// <param name="header">Its five bytes of header.</param>
    /// <param name="body">What follows them.</param>
    /// <returns>The content; null if these are not its keys.</returns>
    public byte[]? Open(ref int type, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        bool hasExplicit = !_isVersion13 && _aead != TlsAead.ChaCha20Poly1305;
        int overhead = TagSize + (hasExplicit ? ExplicitNonceSize : 0);
        if (body.Length < overhead)
        {
            return null;
        }

        Span<byte> nonce = stackalloc byte[NonceSize];
        _iv.CopyTo(nonce);
        if (hasExplicit)
        {
            body[..ExplicitNonceSize].CopyTo(nonce[_iv.Length..]);
            body = body[ExplicitNonceSize..];
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], BinaryPrimitives.ReadUInt64BigEndian(nonce[4..]) ^ _sequence);
        }

        byte[] content = new byte[body.Length - TagSize];
        Span<byte> additional = stackalloc byte[13];
        BinaryPrimitives.WriteUInt64BigEndian(additional, _sequence);
        header[..3].CopyTo(additional[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(additional[11..], (ushort)content.Length);
        try
        {
            Decrypt(nonce, body[..^TagSize], body[^TagSize..], content, _isVersion13 ? header : additional);
        }
        catch (CryptographicException)
        {
            return null;
        }

        _sequence++;
        return _isVersion13 ? Unpad(content, ref type) : content;
    }

    public void Dispose() => _cipher.Dispose();

    /// <summary>Another one that opens the record that this one would open next.</summary>
    public object Clone() => new TlsRecordCipher(_aead, _key, _iv, _isVersion13) { _sequence = _sequence };

    // RFC 8446, 5.2: content, content type, zeros.
    private static byte[]? Unpad(byte[] content, ref int type)
    {
        int end = content.AsSpan().LastIndexOfAnyExcept((byte)0);
        if (end < 0)
        {
            return null;
        }

        type = content[end];
        return content[..end];
    }

    private void Decrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tag, Span<byte> content, ReadOnlySpan<byte> additional)
    {
        switch (_cipher)
        {
            case AesGcm gcm:
                gcm.Decrypt(nonce, body, tag, content, additional);
                break;
            case AesCcm ccm:
                ccm.Decrypt(nonce, body, tag, content, additional);
                break;
            default:
                ((ChaCha20Poly1305)_cipher).Decrypt(nonce, body, tag, content, additional);
                break;
        }
    }

    private static byte[] Expand(TlsSuite suite, byte[] secret, string label, int length) => HkdfLabel.Expand(suite.Hash, secret, label, length);

    // RFC 5246, 5: P_hash over label and seed.
    private static byte[] Prf(HashAlgorithmName hash, byte[] secret, string label, byte[] seed, int length)
    {
        byte[] data = [.. Encoding.ASCII.GetBytes(label), .. seed];
        byte[] a = data;
        var result = new List<byte>();
        while (result.Count < length)
        {
            a = CryptographicOperations.HmacData(hash, secret, a);
            byte[] step = [.. a, .. data];
            result.AddRange(CryptographicOperations.HmacData(hash, secret, step));
        }

        return [.. result[..length]];
    }
}
