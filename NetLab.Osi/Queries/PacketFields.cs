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
    private readonly Column[] _columns;
    private readonly int[] _slotOf;
    private readonly int[][] _columnsOfSlot;
    private readonly int[] _merging;
    private readonly int[] _present;
    private int _presentCount;

    /// <summary>Chooses fields.</summary>
    /// <param name="columns">The fields; one that stands for several (<see cref="Field.Members"/>) has the values of all of them.</param>
    public PacketFields(IEnumerable<Field> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        Columns = [.. columns];
        _columns = [.. Columns.Select(c => new Column(_collector.AddAll(c)))];
        _slotOf = [.. _columns.Select(c => c.Slots.Length == 1 ? c.Slots[0] : -1)];
        int[] all = [.. Enumerable.Range(0, _columns.Length)];
        _merging = Array.FindAll(all, c => _slotOf[c] < 0);
        int[] single = Array.FindAll(all, c => _slotOf[c] >= 0);
        int slots = _columns.SelectMany(c => c.Slots).DefaultIfEmpty(-1).Max() + 1;
        _columnsOfSlot = [.. Enumerable.Range(0, slots).Select(slot => Array.FindAll(single, c => _slotOf[c] == slot))];
        _present = new int[_columns.Length];
    }

    /// <summary>The fields.</summary>
    public IReadOnlyList<Field> Columns { get; }

    /// <summary>The columns that have values in the packet, in no order; valid until the next packet is read.</summary>
    public ReadOnlySpan<int> Present => _present.AsSpan(0, _presentCount);

    /// <summary>Whether one of them is only known when TCP streams are followed.</summary>
    public bool NeedsStreams => _collector.NeedsStreams;

    /// <summary>Takes the values out of a packet, in place of those of the packet before.</summary>
    /// <param name="packet">What was found in it.</param>
    /// <param name="bytes">Its bytes.</param>
    public void Read(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _collector.Collect(new PacketView(bytes, packet));
        _presentCount = 0;
        foreach (int slot in _collector.Told)
        {
            foreach (int column in _columnsOfSlot[slot])
            {
                _present[_presentCount++] = column;
            }
        }

        foreach (int column in _merging)
        {
            _columns[column].Merge(_collector);
            if (Count(column) > 0)
            {
                _present[_presentCount++] = column;
            }
        }
    }

    /// <summary>How many values a column has in the packet.</summary>
    public int Count(int column) => _slotOf[column] >= 0 ? _collector.Count(_slotOf[column]) : _columns[column].Merged.Length;

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
        ref readonly CollectedValue value = ref Value(column, index);
        return _collector.Buffer.AsSpan(value.Start, value.Length);
    }

    /// <summary>A value as columns show it.</summary>
    public string Text(int column, int index = 0)
    {
        ref readonly CollectedValue value = ref Value(column, index);
        _text.Clear();
        FieldText.Append(_text, _collector.FieldOf(value.Slot).Kind, value.Number, _collector.Buffer.AsSpan(value.Start, value.Length));
        return Encoding.UTF8.GetString(_text.Written);
    }

    private ref readonly CollectedValue Value(int column, int index)
    {
        int slot = _slotOf[column];
        ReadOnlySpan<CollectedValue> values = slot >= 0 ? _collector[slot] : _columns[column].Merged;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)values.Length, nameof(index));
        return ref values[index];
    }

    // Where a column's values are: in one slot of the collector, or put together from several.
    private sealed class Column(int[] slots)
    {
        private CollectedValue[] _merged = slots.Length == 1 ? [] : new CollectedValue[4];
        private int _count;

        public int[] Slots => slots;

        public ReadOnlySpan<CollectedValue> Merged => _merged.AsSpan(0, _count);

        // The members of a field that stands for several come in the order of the packet's layers; within one, as they are named.
        public void Merge(FieldCollector collector)
        {
            _count = 0;
            foreach (int slot in slots)
            {
                foreach (ref readonly CollectedValue value in collector[slot])
                {
                    if (_count == _merged.Length)
                    {
                        Array.Resize(ref _merged, 2 * _count);
                    }

                    int at = _count++;
                    while (at > 0 && _merged[at - 1].Layer > value.Layer)
                    {
                        _merged[at] = _merged[at - 1];
                        at--;
                    }

                    _merged[at] = value;
                }
            }
        }
    }
}
