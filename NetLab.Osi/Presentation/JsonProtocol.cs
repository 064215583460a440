using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Presentation;

/// <summary>JSON (RFC 8259) as the body of a message: its names and its values.</summary>
internal static class JsonProtocol
{
    public static readonly Protocol Value = new("json", OsiLayer.Presentation, "JavaScript Object Notation", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Key = Field.Text("keys", "json.key", about: "Names of members");
        public static readonly Field String = Field.Text("strings", "json.value.string", about: "Texts");
        public static readonly Field Number = Field.Text("numbers", "json.value.number", about: "Numbers as they are written");
        public static readonly Field True = Field.Of(FieldKind.Text, null, "json.value.true", "A value is true");
        public static readonly Field False = Field.Of(FieldKind.Text, null, "json.value.false", "A value is false");
        public static readonly Field Null = Field.Of(FieldKind.Text, null, "json.value.null", "A value is null");

        public static readonly Field[] All = [Key, String, Number, True, False, Null];
    }

    /// <summary>Whether a datagram is an object or an array, and nothing else.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => JsonScanner.MayBe(bytes) && JsonScanner.IsWhole(bytes);

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // What the capture or a bound cut begins like JSON, and its end is not there.
        bool isCut = dissection.WireEnd > end;
        ReadOnlySpan<byte> text = dissection.Bytes[offset..end];
        if (isCut ? !MayBegin(text) : !JsonScanner.IsWhole(text))
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static bool MayBegin(ReadOnlySpan<byte> text)
    {
        var scanner = new JsonScanner(text);
        return scanner.Next() is JsonToken.BeginObject or JsonToken.BeginArray;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var scanner = new JsonScanner(view.BytesOf(index));
        var values = new FieldValues();

        // Filters and columns have a name behind its value, as Wireshark tells them; people read it before.
        bool isNameLast = sink.WantsHidden;
        Span<(int Start, int Length)> names = stackalloc (int, int)[JsonScanner.MaxDepth + 1];
        for (JsonToken token = scanner.Next(); token > JsonToken.End; token = scanner.Next())
        {
            if (token == JsonToken.Name && isNameLast)
            {
                names[scanner.Depth] = (scanner.Start + 1, scanner.Bytes.Length);
                continue;
            }

            if (FieldOf(token) is { } field)
            {
                Add(values, field, scanner.Bytes);
            }

            bool isValue = token is not (JsonToken.Name or JsonToken.BeginObject or JsonToken.BeginArray);
            if (isNameLast && isValue && scanner.IsInObject)
            {
                (int start, int length) = names[scanner.Depth];
                Add(values, Fields.Key, view.BytesOf(index).Slice(start, length));
            }
        }

        values.Describe(view[index].Offset, view[index].Length, sink);
    }

    private static void Add(FieldValues values, Field field, ReadOnlySpan<byte> bytes) =>
        values.Add(field, bytes.Contains((byte)'\\') ? JsonScanner.Unescape(bytes) : bytes);

    private static Field? FieldOf(JsonToken token) => token switch
    {
        JsonToken.Name => Fields.Key,
        JsonToken.String => Fields.String,
        JsonToken.Number => Fields.Number,
        JsonToken.True => Fields.True,
        JsonToken.False => Fields.False,
        JsonToken.Null => Fields.Null,
        _ => null,
    };
}
