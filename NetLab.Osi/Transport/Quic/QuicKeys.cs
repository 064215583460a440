using System.Buffers.Binary;
using System.Security.Cryptography;
using NetLab.Osi.Presentation;

namespace NetLab.Osi.Transport.Quic;

/// <summary>The keys of one side's Initial packets, which anyone who saw the first connection identifier can make (RFC 9001, 5.2).</summary>
internal sealed class QuicKeys : IDisposable, ICloneable
{
    private const int SampleSize = 16;
    private const int TagSize = 16;

    private readonly AesGcm _cipher;
    private readonly Aes _headerCipher;
    private readonly byte[] _key;
    private readonly byte[] _iv;

    private QuicKeys(QuicVersion version, byte[] secret)
        : this(Expand(secret, $"{version.Label} key", 16), Expand(secret, $"{version.Label} iv", 12), Expand(secret, $"{version.Label} hp", 16))
    {
    }

    private QuicKeys(byte[] key, byte[] iv, byte[] headerKey)
    {
        (_key, _iv) = (key, iv);
        _cipher = new AesGcm(key, TagSize);
        _headerCipher = Aes.Create();
        _headerCipher.Key = headerKey;
    }

    /// <summary>The keys of both sides.</summary>
    /// <param name="version">The version of the packet.</param>
    /// <param name="connectionId">The destination connection identifier of the client's first Initial packet.</param>
    public static (QuicKeys Client, QuicKeys Server) Derive(QuicVersion version, ReadOnlySpan<byte> connectionId)
    {
        byte[] initial = HKDF.Extract(HashAlgorithmName.SHA256, connectionId.ToArray(), version.Salt);
        return (new QuicKeys(version, Expand(initial, "client in", 32)), new QuicKeys(version, Expand(initial, "server in", 32)));
    }

    /// <summary>Takes the protection off a packet (RFC 9001, 5.3 and 5.4).</summary>
    /// <param name="packet">It, from its first byte to its last.</param>
    /// <param name="numberAt">Where the packet number stands.</param>
    /// <returns>The frames; null if these are not its keys.</returns>
    public byte[]? Open(ReadOnlySpan<byte> packet, int numberAt)
    {
        // The sample begins four bytes behind the packet number, however long that is.
        if (packet.Length < numberAt + 4 + SampleSize)
        {
            return null;
        }

        Span<byte> mask = stackalloc byte[16];
        _headerCipher.EncryptEcb(packet.Slice(numberAt + 4, SampleSize), mask, PaddingMode.None);
        int first = packet[0] ^ (mask[0] & 0x0F);
        int numberLength = (first & 3) + 1;
        byte[] header = packet[..(numberAt + numberLength)].ToArray();
        header[0] = (byte)first;
        uint number = 0;
        for (int i = 0; i < numberLength; i++)
        {
            header[numberAt + i] ^= mask[1 + i];
            number = (number << 8) | header[numberAt + i];
        }

        // Initial packets are the first of a connection: their numbers need no more bits than they show.
        Span<byte> nonce = stackalloc byte[12];
        _iv.CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], BinaryPrimitives.ReadUInt32BigEndian(nonce[8..]) ^ number);
        ReadOnlySpan<byte> body = packet[header.Length..];
        if (body.Length < TagSize)
        {
            return null;
        }

        byte[] frames = new byte[body.Length - TagSize];
        try
        {
            _cipher.Decrypt(nonce, body[..^TagSize], body[^TagSize..], frames, header);
            return frames;
        }
        catch (CryptographicException)
        {
            // Other keys, or other bytes than were sent.
            return null;
        }
    }

    /// <summary>The same keys once more.</summary>
    public object Clone() => new QuicKeys(_key, _iv, _headerCipher.Key);

    public void Dispose()
    {
        _cipher.Dispose();
        _headerCipher.Dispose();
    }

    private static byte[] Expand(byte[] secret, string label, int length) => HkdfLabel.Expand(HashAlgorithmName.SHA256, secret, label, length);
}
