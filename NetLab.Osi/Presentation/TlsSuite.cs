using System.Security.Cryptography;

namespace NetLab.Osi.Presentation;

/// <summary>The AEAD of a cipher suite, and the hash its keys are made with (IANA, TLS Cipher Suites).</summary>
internal sealed record TlsSuite(TlsAead Aead, int KeyLength, HashAlgorithmName Hash)
{
    /// <summary>Bytes of the hash, and so of every secret.</summary>
    public int HashLength => Hash == HashAlgorithmName.SHA384 ? 48 : 32;

    /// <summary>What is known of a suite; null if its records cannot be read.</summary>
    public static TlsSuite? Find(int cipher) => cipher switch
    {
        0x1301 or 0x009C or 0x009E or 0x00A2 or 0x00A8 or 0xC02B or 0xC02F => new TlsSuite(TlsAead.Gcm, 16, HashAlgorithmName.SHA256),
        0x1302 or 0x009D or 0x009F or 0x00A3 or 0x00A9 or 0xC02C or 0xC030 => new TlsSuite(TlsAead.Gcm, 32, HashAlgorithmName.SHA384),
        0x1303 or (>= 0xCCA8 and <= 0xCCAE) => new TlsSuite(TlsAead.ChaCha20Poly1305, 32, HashAlgorithmName.SHA256),
        0x1304 or 0xC09C or 0xC09E or 0xC0AC => new TlsSuite(TlsAead.Ccm, 16, HashAlgorithmName.SHA256),
        0xC09D or 0xC09F or 0xC0AD => new TlsSuite(TlsAead.Ccm, 32, HashAlgorithmName.SHA256),
        _ => null,
    };
}
