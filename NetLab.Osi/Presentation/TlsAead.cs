namespace NetLab.Osi.Presentation;

/// <summary>Ciphers that encrypt and authenticate at once (RFC 5116).</summary>
internal enum TlsAead
{
    /// <summary>AES in Galois/counter mode (RFC 5288).</summary>
    Gcm,

    /// <summary>AES in counter mode with CBC-MAC (RFC 6655).</summary>
    Ccm,

    /// <summary>ChaCha20 and Poly1305 (RFC 7905).</summary>
    ChaCha20Poly1305,
}
