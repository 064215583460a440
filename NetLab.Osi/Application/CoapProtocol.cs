using System.Buffers.Binary;
using System.Globalization;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>CoAP (RFC 7252) in datagrams.</summary>
internal static class CoapProtocol
{
    public static readonly Protocol Value = new("coap", OsiLayer.Application, "Constrained Application Protocol", Fields.All, Dissect, Describe);

    private const int HeaderSize = 4;
    private const int MaxToken = 8;
    private const byte PayloadMarker = 0xFF;

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "coap.version", at: 0, size: 1, mask: 0xC0, about: "Version");
        public static readonly Field Type = Field.Number("type", "coap.type", at: 0, size: 1, mask: 0x30, names: static v => (int)v switch { 0 => "confirmable", 1 => "non-confirmable", 2 => "acknowledgment", _ => "reset" }, about: "Type", summary: true);
        public static readonly Field TokenLength = Field.Number("token_length", "coap.token_len", at: 0, size: 1, mask: 0x0F, about: "Bytes of token");
        public static readonly Field Code = Field.Number("code", "coap.code", at: 1, size: 1, names: static v => NameOf((int)v), about: "Method, or result", summary: true);
        public static readonly Field MessageId = Field.Number("id", "coap.mid", at: 2, size: 2, about: "Identifier of the message");
        public static readonly Field Token = Field.Bytes("token", "coap.token", about: "Token");
        public static readonly Field OptionName = Field.Text(null, "coap.opt.name", about: "Options");
        public static readonly Field OptionDescription = Field.Text(null, "coap.opt.desc", about: "What is to be done with an option that is not known");
        public static readonly Field OptionDelta = Field.Number(null, "coap.opt.delta", about: "Difference to the number of the option before", width: 1);
        public static readonly Field OptionLength = Field.Number(null, "coap.opt.length", about: "Bytes of the options", width: 1);
        public static readonly Field Path = Field.Text("path", "coap.opt.uri_path_recon", about: "What is asked for", summary: true);
        public static readonly Field Segment = Field.Text(null, "coap.opt.uri_path", about: "Parts of what is asked for");
        public static readonly Field Payload = Field.Number(null, "coap.payload_length", about: "Bytes of payload", width: 4);

        public static readonly Field[] All =
            [Version, Type, TokenLength, Code, MessageId, Token, OptionName, OptionDescription, OptionDelta, OptionLength, Path, Segment, Payload];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < HeaderSize)
        {
            dissection.Cut(Value, "CoAP header", offset, HeaderSize, end);
            return true;
        }

        int token = bytes[0] & 15;
        if (bytes[0] >> 6 != 1 || token > MaxToken)
        {
            return false;
        }

        dissection.Add(Value, offset, bytes.Length, end);
        if (HeaderSize + token > bytes.Length)
        {
            dissection.TooShort(OsiLayer.Application, "CoAP token", offset, HeaderSize + token, end);
            return true;
        }

        int at = HeaderSize + token;
        int number = 0;
        while (at < bytes.Length && bytes[at] != PayloadMarker)
        {
            if (!TryReadOption(bytes, ref at, ref number, out _, out int length) || length > bytes.Length - at)
            {
                dissection.Malformed(OsiLayer.Application, "CoAP option", offset + Math.Min(at, bytes.Length));
                break;
            }

            at += length;
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int start = view[index].Offset;
        int at = HeaderSize + (bytes[0] & 15);
        if (at > bytes.Length)
        {
            return;
        }

        if (at > HeaderSize)
        {
            sink.Bytes(Fields.Token, bytes[HeaderSize..at], start + HeaderSize);
        }

        var path = new System.Text.StringBuilder();
        int number = 0;
        while (at < bytes.Length && bytes[at] != PayloadMarker)
        {
            int before = at;
            if (!TryReadOption(bytes, ref at, ref number, out int delta, out int length) || length > bytes.Length - at)
            {
                break;
            }

            if (sink.WantsHidden)
            {
                sink.Text(Fields.OptionName, OptionName(number), start + before, at - before);
                sink.Text(Fields.OptionDescription, DescriptionOf(number), start + before, at - before);
                sink.Number(Fields.OptionDelta, delta, start + before, 1);
                sink.Number(Fields.OptionLength, length, start + before, 1);
            }

            if (number == 11)
            {
                path.Append('/').Append(System.Text.Encoding.UTF8.GetString(bytes.Slice(at, length)));
                sink.Text(Fields.Segment, bytes.Slice(at, length), start + at, length);
            }

            at += length;
        }

        if (path.Length > 0)
        {
            sink.Text(Fields.Path, path.ToString(), start, bytes.Length);
        }

        if (at < bytes.Length && bytes[at] == PayloadMarker)
        {
            sink.Number(Fields.Payload, bytes.Length - at - 1, start + at + 1, bytes.Length - at - 1);
        }
    }

    // 3.1: four bits each of delta and length; 13 and 14 stand for one and two more bytes.
    private static bool TryReadOption(ReadOnlySpan<byte> bytes, ref int at, ref int number, out int delta, out int length)
    {
        byte first = bytes[at++];
        bool isRight = TryExtend(bytes, ref at, first >> 4, out delta) & TryExtend(bytes, ref at, first & 15, out length);
        number += delta;
        return isRight;
    }

    private static bool TryExtend(ReadOnlySpan<byte> bytes, ref int at, int nibble, out int value)
    {
        value = nibble;
        int more = nibble switch { 13 => 1, 14 => 2, _ => 0 };
        if (nibble == 15 || at + more > bytes.Length)
        {
            return false;
        }

        value = more switch { 1 => 13 + bytes[at], 2 => 269 + BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]), _ => nibble };
        at += more;
        return true;
    }

    // 5.4.6 and 5.4.2: what a number's bits say.
    private static string DescriptionOf(int number)
    {
        string critical = (number & 1) != 0 ? "Critical" : "Elective";
        string safe = (number & 2) != 0 ? "Unsafe" : (number & 0x1E) == 0x1C ? "NoCacheKey" : "Safe";
        return $"Type {number}, {critical}, {safe}";
    }

    private static string OptionName(int number) => number switch
    {
        1 => "If-Match",
        3 => "Uri-Host",
        4 => "Etag",
        5 => "If-None-Match",
        6 => "Observe",
        7 => "Uri-Port",
        8 => "Location-Path",
        9 => "OSCORE",
        11 => "Uri-Path",
        12 => "Content-Format",
        14 => "Max-age",
        15 => "Uri-Query",
        17 => "Accept",
        20 => "Location-Query",
        23 => "Block2",
        27 => "Block1",
        28 => "Size2",
        35 => "Proxy-Uri",
        39 => "Proxy-Scheme",
        60 => "Size1",
        _ => "Unknown Option",
    };

    private static string? NameOf(int code) => code switch
    {
        0 => "empty",
        1 => "GET",
        2 => "POST",
        3 => "PUT",
        4 => "DELETE",
        5 => "FETCH",
        6 => "PATCH",
        7 => "iPATCH",
        >= 64 => string.Create(CultureInfo.InvariantCulture, $"{code >> 5}.{code & 31:00}"),
        _ => null,
    };
}
