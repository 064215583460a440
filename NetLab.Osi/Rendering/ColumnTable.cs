using System.Text;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Rendering;

/// <summary>
/// Chosen fields of each packet, a line a packet. Numbers are decimal, truths 1 and 0, bytes hexadecimal with colons, times
/// seconds with nine digits; what a terminal or a table would obey in a text is escaped. What is taken apart of messages behind a hole
/// in their stream, tree and JSON show, and columns leave out.
/// </summary>
public sealed class ColumnTable
{
    private readonly Stream _output;
    private readonly ColumnFormat _format;
    private readonly Field[] _fields;
    private readonly int[][] _slots;

    // Wireshark, told to put segments in order, ends a direction where a segment was not captured: so do its columns, and so do these.
    private readonly FieldCollector _collector = new() { EndsAtHoles = true };
    private readonly JsonText _json = new();
    private readonly List<CollectedValue> _values = [];
    private readonly Utf8Text _cell = new();

    /// <summary>Makes a table and writes its header.</summary>
    /// <param name="output">Where it goes; stays the caller's.</param>
    /// <param name="fields">The columns.</param>
    /// <param name="format">How they are written.</param>
    public ColumnTable(Stream output, IReadOnlyList<Field> fields, ColumnFormat format)
    {
        ArgumentNullException.ThrowIfNull(fields);
        (_output, _format, _fields) = (output, format, [.. fields]);
        _slots = [.. fields.Select(_collector.AddAll)];
        if (format != ColumnFormat.Json)
        {
            Row((text, i) => text.Append(_fields[i].FilterName!));
        }
    }

    /// <summary>Whether a column is only known when TCP streams are followed.</summary>
    public bool NeedsStreams => _collector.NeedsStreams;

    private Utf8Text Text => _json.Text;

    /// <summary>Writes a packet's line.</summary>
    public void Write(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _collector.Collect(new PacketView(bytes, packet));
        if (_format == ColumnFormat.Json)
        {
            WriteJson();
        }
        else
        {
            Row(WriteCell);
        }

        Text.FlushIfLarge(_output);
    }

    /// <summary>Writes out what is still held back.</summary>
    public void Flush() => Text.Flush(_output);

    private void Row(Action<Utf8Text, int> cell)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            if (i > 0)
            {
                Text.Append(_format == ColumnFormat.Tsv ? (byte)'\t' : (byte)',');
            }

            _cell.Clear();
            cell(_cell, i);
            ReadOnlySpan<byte> written = _cell.Written;
            if (_format == ColumnFormat.Csv && written.IndexOfAny((byte)',', (byte)'"') >= 0)
            {
                Text.Append((byte)'"');
                Text.Append(Encoding.UTF8.GetString(written).Replace("\"", "\"\"", StringComparison.Ordinal));
                Text.Append((byte)'"');
            }
            else
            {
                Text.Append(written);
            }
        }

        Text.Append((byte)'\n');
    }

    private void WriteCell(Utf8Text text, int column)
    {
        Gather(column);
        for (int i = 0; i < _values.Count; i++)
        {
            if (i > 0)
            {
                text.Append((byte)',');
            }

            ReadOnlySpan<byte> bytes = _collector.Buffer.AsSpan(_values[i].Start, _values[i].Length);
            Field field = _collector.FieldOf(_values[i].Slot);
            if (field.IsMark && !bytes.IsEmpty)
            {
                text.Append(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)));
                continue;
            }

            FieldText.Append(text, field.Kind, _values[i].Number, bytes);
        }
    }

    private void WriteJson()
    {
        _json.BeginObject();
        for (int column = 0; column < _fields.Length; column++)
        {
            Gather(column);
            if (_values.Count == 0)
            {
                continue;
            }

            byte[] name = Encoding.UTF8.GetBytes(_fields[column].FilterName!);
            if (_values.Count > 1)
            {
                _json.BeginList(name);
                name = [];
            }

            foreach (CollectedValue value in _values)
            {
                WriteJson(name, value);
            }

            if (_values.Count > 1)
            {
                _json.EndList();
            }
        }

        _json.EndObject();
        Text.Append((byte)'\n');
    }

    private void WriteJson(ReadOnlySpan<byte> name, in CollectedValue value)
    {
        FieldKind kind = _collector.FieldOf(value.Slot).Kind;
        switch (kind)
        {
            case FieldKind.Boolean:
                _json.Flag(name, value.Number != 0);
                break;
            case FieldKind.Number or FieldKind.SignedNumber or FieldKind.Real or FieldKind.Mark or FieldKind.Time or FieldKind.Duration:
                _json.Name(name);
                FieldText.Append(Text, kind, value.Number, default);
                break;
            case FieldKind.Text:
                _json.String(name, _collector.Buffer.AsSpan(value.Start, value.Length));
                break;
            default:
                _cell.Clear();
                FieldText.Append(_cell, kind, value.Number, _collector.Buffer.AsSpan(value.Start, value.Length));
                _json.Plain(name, _cell.Written);
                break;
        }
    }

    // The members of a field that stands for several come in the order of the packet.
    private void Gather(int column)
    {
        _values.Clear();
        foreach (int slot in _slots[column])
        {
            _values.AddRange(_collector[slot]);
        }

        if (_slots[column].Length > 1 && _values.Count > 1)
        {
            List<CollectedValue> sorted = [.. _values.OrderBy(v => v.Layer)];
            _values.Clear();
            _values.AddRange(sorted);
        }
    }
}
