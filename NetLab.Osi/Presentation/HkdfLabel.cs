using System.Security.Cryptography;
using System.Text;

namespace NetLab.Osi.Presentation;

/// <summary>HKDF-Expand-Label with an empty context (RFC 8446, 7.1): how TLS 1.3 and QUIC make keys out of secrets.</summary>
internal static class HkdfLabel
{
    public static byte[] Expand(HashAlgorithmName hash, byte[] secret, string label, int length)
    {
        byte[] name = Encoding.ASCII.GetBytes("tls13 " + label);
        byte[] info = [(byte)(length >> 8), (byte)length, (byte)name.Length, .. name, 0];
        return HKDF.Expand(hash, secret, length, info);
    }
}
