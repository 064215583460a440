namespace NetLab.Osi.Protocols;

/// <summary>
/// Values of fields as a parser found them, in their order: what a message of a stream says, kept until somebody asks. Bounded,
/// because a hostile message may say the same for ever.
/// </summary>
internal sealed class FieldValues
{
    // No message has as many that anybody looks at.
    private const int MaxValues = 1024;
    private const int MaxBytes = 64 << 10;

    private readonly List<(Field Field, long Number, byte[]? Bytes)> _values = [];
    private int _bytes;

    /// <summary>Adds a number, a time or a duration.</summary>
    public void Add(Field field, long number)
    {
        if (_values.Count < MaxValues)
        {
            _values.Add((field, number, null));
        }
    }

    /// <summary>Adds a truth.</summary>
    public void Add(Field field, bool value) => Add(field, value ? 1 : 0);

    /// <summary>Adds a text, an address or bytes, as they stand in the packet.</summary>
    public void Add(Field field, ReadOnlySpan<byte> bytes)
    {
        if (_values.Count < MaxValues && _bytes + bytes.Length <= MaxBytes)
        {
            _bytes += bytes.Length;
            _values.Add((field, 0, bytes.ToArray()));
        }
    }

    /// <summary>Whether a value of a field is there.</summary>
    public bool Has(Field field)
    {
        foreach ((Field there, _, _) in _values)
        {
            if (there == field)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells all of them.</summary>
    /// <param name="offset">Where the message was read from.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="sink">Who is told.</param>
    public void Describe(int offset, int length, IFieldSink sink)
    {
        bool hidden = sink.WantsHidden;
        for (int i = 0; i < _values.Count; i++)
        {
            Field field = _values[i].Field;
            if (hidden)
            {
                Report(_values[i], offset, length, sink);
            }
            else if (field.Name is not null && IsFirst(i))
            {
                ReportAll(i, offset, length, sink);
            }
        }
    }

    private static void Report(in (Field Field, long Number, byte[]? Bytes) value, int offset, int length, IFieldSink sink)
    {
        switch (value.Field.Kind, value.Bytes)
        {
            case (FieldKind.Text, { } text):
                sink.Text(value.Field, text, offset, length);
                break;
            case (FieldKind.Ip or FieldKind.Ipv4 or FieldKind.Ipv6, { } address):
                sink.Ip(value.Field, address, offset);
                break;
            case (FieldKind.Mac, { } address):
                sink.Mac(value.Field, address, offset);
                break;
            case (_, { } bytes):
                sink.Bytes(value.Field, bytes, offset);
                break;
            case (FieldKind.Boolean, _):
                sink.Flag(value.Field, value.Number != 0, offset, length);
                break;
            default:
                sink.Number(value.Field, value.Number, offset, length);
                break;
        }
    }

    private bool IsFirst(int index)
    {
        for (int i = 0; i < index; i++)
        {
            if (_values[i].Field == _values[index].Field)
            {
                return false;
            }
        }

        return true;
    }

    // JSON has one key for all values of a field.
    private void ReportAll(int first, int offset, int length, IFieldSink sink)
    {
        Field field = _values[first].Field;
        var same = new List<(Field Field, long Number, byte[]? Bytes)>();
        for (int i = first; i < _values.Count; i++)
        {
            if (_values[i].Field == field)
            {
                same.Add(_values[i]);
            }
        }

        if (same.Count == 1)
        {
            Report(same[0], offset, length, sink);
        }
        else if (field.Kind == FieldKind.Number)
        {
            int[] numbers = new int[same.Count];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (int)same[i].Number;
            }

            sink.Numbers(field, numbers, offset, length);
        }
        else
        {
            string[] texts = new string[same.Count];
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = TextOf(same[i]);
            }

            sink.Texts(field, texts, offset, length);
        }
    }

    private static string TextOf(in (Field Field, long Number, byte[]? Bytes) value) => (value.Field.Kind, value.Bytes) switch
    {
        (FieldKind.Text, { } text) => System.Text.Encoding.UTF8.GetString(text),
        (FieldKind.Ip or FieldKind.Ipv4 or FieldKind.Ipv6, { Length: 4 or 16 } address) => new System.Net.IPAddress(address).ToString(),
        (_, { } bytes) => Convert.ToHexStringLower(bytes),
        _ => value.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
