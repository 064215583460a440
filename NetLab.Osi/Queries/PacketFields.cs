using System.Text;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Queries;

/// <summary>
/// The values of chosen fields, packet after packet, for who makes tables of many packets: nothing is allocated once it has
/// grown to what packets need. Not safe for several threads at once.
/// </summary>
public sealed class PacketFields
{
    private readonly FieldCollector _collector = new();
    private readonly Utf8Text _text = new();
    private readonly int[][] _slots;
    private readonly CollectedValue[][] _merged;
    private readonly int[] _counts;

    /// <summary>Chooses fields.</summary>
    /// <param name="columns">The fields; one that stands for several (<see cref="Field.Members"/>) has the values of all of them.</param>
    public PacketFields(IEnumerable<Field> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        Columns = [.. columns];
        _slots = [.. Columns.Select(_collector.AddAll)];
        _merged = [.. _slots.Select(s => s.Length == 1 ? [] : new CollectedValue[4])];
        _counts = new int[Columns.Count];
    }

    /// <summary>The fields.</summary>
    public IReadOnlyList<Field> Columns { get; }

    /// <summary>Whether one of them is only known when TCP streams are followed.</summary>
    public bool NeedsStreams => _collector.NeedsStreams;

    /// <summary>Takes the values out of a packet, in place of those of the packet before.</summary>
    /// <param name="packet">What was found in it.</param>
    /// <param name="bytes">Its bytes.</param>
    public void Read(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _collector.Collect(new PacketView(bytes, packet));
        for (int column = 0; column < _slots.Length; column++)
        {
            if (_slots[column].Length == 1)
            {
                _counts[column] = _collector[_slots[column][0]].Length;
            }
            else
            {
                Merge(column);
            }
        }
    }

    /// <summary>How many values a column has in the packet.</summary>
    public int Count(int column) => _counts[column];

    /// <summary>Which of the packet's layers told a value: an index of <see cref="DecodedPacket.Entries"/>.</summary>
    public int Layer(int column, int index) => Value(column, index).Layer;

    /// <summary>
    /// A value of a number, a truth (0 or 1), a time or duration (nanoseconds); of <see cref="FieldKind.Real"/> the bits of the
    /// double; of <see cref="FieldKind.Number"/> 64 bits without a sign.
    /// </summary>
    public long Number(int column, int index = 0) => Value(column, index).Number;

    /// <summary>A value of text (UTF-8 as it stood in the packet), bytes or an address; valid until the next packet is read.</summary>
    public ReadOnlySpan<byte> Bytes(int column, int index = 0)
    {
        CollectedValue value = Value(column, index);
        return _collector.Buffer.AsSpan(value.Start, value.Length);
    }

    /// <summary>A value as columns show it.</summary>
    public string Text(int column, int index = 0)
    {
        CollectedValue value = Value(column, index);
        _text.Clear();
        FieldText.Append(_text, value.Field.Kind, value.Number, _collector.Buffer.AsSpan(value.Start, value.Length));
        return Encoding.UTF8.GetString(_text.Written);
    }

    private CollectedValue Value(int column, int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _counts[column]);
        return _slots[column].Length == 1 ? _collector[_slots[column][0]][index] : _merged[column][index];
    }

    // The members of a field that stands for several come in the order of the packet's layers; within one, as they are named.
    private void Merge(int column)
    {
        int count = 0;
        foreach (int slot in _slots[column])
        {
            foreach (ref readonly CollectedValue value in _collector[slot])
            {
                if (count == _merged[column].Length)
                {
                    Array.Resize(ref _merged[column], 2 * count);
                }

                int at = count++;
                while (at > 0 && _merged[column][at - 1].Layer > value.Layer)
                {
                    _merged[column][at] = _merged[column][at - 1];
                    at--;
                }

                _merged[column][at] = value;
            }
        }

        _counts[column] = count;
    }
}
