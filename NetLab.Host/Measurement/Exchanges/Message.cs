namespace NetLab.Host.Measurement.Exchanges;

/// <summary>The message that goes there and back: 100 bytes, the last a line's end, so that whoever reads lines finds it.</summary>
internal static class Message
{
    /// <summary>What no message between the two halves begins with.</summary>
    public const byte Mark = (byte)'#';

    /// <summary>The message.</summary>
    public static readonly ReadOnlyMemory<byte> Bytes = (byte[])[Mark, .. Enumerable.Range(1, 98).Select(i => (byte)('a' + (i % 26))), (byte)'\n'];

    /// <summary>Whether a line, without its end, is one.</summary>
    public static bool Is(ReadOnlySpan<byte> line) => line.Length == Bytes.Length - 1 && line[0] == Mark;
}
