using System.Text;

namespace NetLab.Osi.Tests.Application;

/// <summary>Parts of messages as hexadecimal digits.</summary>
internal static class SampleBytes
{
    /// <summary>A value in BER: its tag, its length, and what it holds.</summary>
    public static string Ber(string tag, params string[] parts)
    {
        string value = string.Concat(parts);
        int length = value.Length / 2;
        return tag + (length < 0x80 ? $"{length:X2}" : $"82{length:X4}") + value;
    }

    /// <summary>A text in ASCII.</summary>
    public static string Ascii(string text) => Convert.ToHexString(Encoding.ASCII.GetBytes(text));

    /// <summary>Hexadecimal digits with texts in quotes among them, as digits alone.</summary>
    public static string Digits(string mixed) =>
        string.Concat(mixed.Split('"').Select((part, i) => i % 2 == 1 ? Ascii(part) : part.Replace(" ", "", StringComparison.Ordinal)));

    /// <summary>A packet of ISO transport on TCP (RFC 1006): its content behind its length.</summary>
    public static string Tpkt(string content)
    {
        string digits = Digits(content);
        return $" 0300{(digits.Length / 2) + 4:X4} {digits} ";
    }

    /// <summary>A text in UTF-16, the lower byte first.</summary>
    public static string Wide(string text) => Convert.ToHexString(Encoding.Unicode.GetBytes(text));

    /// <summary>A number, the lower byte first.</summary>
    public static string Little(ulong value, int size) => Convert.ToHexString(BitConverter.GetBytes(value).AsSpan(0, size));

    /// <summary>A message of SMB 2 behind its length.</summary>
    public static string Smb2(int command, bool response, uint tree, ulong session, ulong message, string body) => Framed(
        $"FE534D42 4000 0000 00000000 {Little((ulong)command, 2)} 0000 {(response ? "01" : "00")}000000 00000000 {Little(message, 8)} 00000000 {Little(tree, 4)} {Little(session, 8)} {new string('0', 32)} {body}");

    /// <summary>A message of SMB 1 behind its length: words and bytes follow the header.</summary>
    public static string Smb(int command, bool response, int tree, int multiplex, string words, string bytes) => Framed(
        $"FF534D42 {command:X2} 00000000 {(response ? "80" : "00")} 0040 0000 0000000000000000 0000 {Little((ulong)tree, 2)} 0100 0200 {Little((ulong)multiplex, 2)} {Compact(words).Length / 4:X2} {words} {Little((ulong)Compact(bytes).Length / 2, 2)} {bytes}");

    private static string Framed(string message) => $" 00{Compact(message).Length / 2:X6} {message} ";

    private static string Compact(string hex) => hex.Replace(" ", "", StringComparison.Ordinal);
}
