using System.Globalization;
using System.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Rendering;

/// <summary>Bytes as sixteen a line, in hexadecimal and as characters, those of each layer apart from the others.</summary>
public static class HexDump
{
    private const int Width = 16;

    /// <summary>Writes a packet's bytes, and an empty line.</summary>
    /// <param name="output">Where they go.</param>
    /// <param name="bytes">The packet's bytes.</param>
    /// <param name="packet">What was found in them.</param>
    /// <param name="color">Says how a layer's color begins, and for null how it ends; null for no colors.</param>
    public static void Write(TextWriter output, ReadOnlySpan<byte> bytes, DecodedPacket packet, Func<OsiLayer?, string>? color = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(packet);
        OsiLayer?[] layers = LayersOf(bytes.Length, packet);
        for (int offset = 0; offset < bytes.Length; offset += Width)
        {
            ReadOnlySpan<byte> row = bytes[offset..Math.Min(bytes.Length, offset + Width)];
            var line = new StringBuilder();
            line.Append(CultureInfo.InvariantCulture, $"      {offset:x4}  ");
            Append(line, row, layers.AsSpan(offset, row.Length), color, static (to, b) => to.Append(CultureInfo.InvariantCulture, $"{b:x2} "));
            line.Append(' ', (3 * (Width - row.Length)) + 1);
            Append(line, row, layers.AsSpan(offset, row.Length), color, static (to, b) => to.Append(b is >= 0x20 and < 0x7F ? (char)b : '.'));
            output.WriteLine(line.ToString());
        }

        output.WriteLine();
    }

    // The innermost layer that has a byte in its header is the byte's; what was put together from other packets has none here.
    private static OsiLayer?[] LayersOf(int length, DecodedPacket packet)
    {
        var layers = new OsiLayer?[length];
        foreach (ref readonly LayerEntry entry in packet.Entries)
        {
            if (entry.Buffer == 0 && entry.HeaderLength > 0)
            {
                int start = Math.Min(entry.Offset, length);
                layers.AsSpan(start, Math.Min(entry.HeaderLength, length - start)).Fill(entry.Layer);
            }
        }

        return layers;
    }

    private static void Append(
        StringBuilder line, ReadOnlySpan<byte> row, ReadOnlySpan<OsiLayer?> layers, Func<OsiLayer?, string>? color, Action<StringBuilder, byte> append)
    {
        OsiLayer? current = null;
        for (int i = 0; i < row.Length; i++)
        {
            if (color is not null && layers[i] != current)
            {
                line.Append(color(current = layers[i]));
            }

            append(line, row[i]);
        }

        if (color is not null && current is not null)
        {
            line.Append(color(null));
        }
    }
}
