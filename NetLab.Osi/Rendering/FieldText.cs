using System.Globalization;
using System.Text;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Rendering;

/// <summary>A field's value as text.</summary>
internal static class FieldText
{
    public static void Append(Utf8Text text, FieldKind kind, long number, ReadOnlySpan<byte> bytes)
    {
        switch (kind)
        {
            case FieldKind.Number:
                text.Append((ulong)number);
                break;
            case FieldKind.SignedNumber or FieldKind.Boolean:
                text.Append(number);
                break;
            case FieldKind.Mark:
                text.Append((byte)'1');
                break;
            case FieldKind.Time or FieldKind.Duration:
                text.Append(TimeValue.Text(number));
                break;
            case FieldKind.Date:
                text.Append(TimeText.Date(number));
                break;
            case FieldKind.Real:
                text.Append(BitConverter.Int64BitsToDouble(number).ToString(CultureInfo.InvariantCulture));
                break;
            case FieldKind.Ipv4 or FieldKind.Ipv6 or FieldKind.Ip when bytes.Length is 4 or 16:
                text.Advance(AddressText.Ip(bytes, text.GetSpan(AddressText.MaxLength)));
                break;
            case FieldKind.Text:
                AppendEscaped(text, bytes);
                break;
            case FieldKind.Bytes when bytes.IsEmpty:
                // As Wireshark has bytes that are there, and none.
                text.Append("<MISSING>"u8);
                break;
            default:
                text.Advance(AddressText.Mac(bytes, text.GetSpan(3 * bytes.Length)));
                break;
        }
    }

    // What is not UTF-8 is replaced; what a terminal obeys or hides is shown as an escape.
    private static void AppendEscaped(Utf8Text text, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) < 0)
        {
            text.Append(utf8);
            return;
        }

        text.Append(VisibleText.Of(Encoding.UTF8.GetString(utf8)));
    }
}
