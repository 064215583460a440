using System.Globalization;
using System.Text;

namespace NetLab.Osi.Rendering;

/// <summary>Bytes as sixteen a line, in hexadecimal and as characters.</summary>
public static class HexDump
{
    private const int Width = 16;

    /// <summary>Writes the bytes, and an empty line.</summary>
    public static void Write(TextWriter output, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(output);
        for (int offset = 0; offset < bytes.Length; offset += Width)
        {
            ReadOnlySpan<byte> row = bytes[offset..Math.Min(bytes.Length, offset + Width)];
            var line = new StringBuilder();
            line.Append(CultureInfo.InvariantCulture, $"      {offset:x4}  ");
            foreach (byte b in row)
            {
                line.Append(CultureInfo.InvariantCulture, $"{b:x2} ");
            }

            line.Append(' ', (3 * (Width - row.Length)) + 1);
            foreach (byte b in row)
            {
                line.Append(b is >= 0x20 and < 0x7F ? (char)b : '.');
            }

            output.WriteLine(line.ToString());
        }

        output.WriteLine();
    }
}
