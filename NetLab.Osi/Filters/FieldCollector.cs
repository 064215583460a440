using System.Text;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>
/// Keeps the values of wanted fields of one packet at a time, and has only those layers described that may tell one of them.
/// Serves packet after packet; allocates nothing once it has grown to what packets need.
/// </summary>
internal sealed class FieldCollector : IFieldSink
{
    // What a hostile packet may bring of one field; no filter or column needs more.
    private const int MaxValues = 4096;
    private const int MaxBytes = 4 << 20;

    private readonly List<Field> _wanted = [];
    private CollectedValue[][] _values = [];
    private int[] _counts = [];
    private int[] _told = [];
    private int _toldCount;
    private short[] _slots = [];
    private byte[] _protocols = new byte[64];
    private byte[] _bytes = new byte[1024];
    private int _used;
    private int _layer;

    bool IFieldSink.WantsHidden => true;

    /// <summary>The bytes that values stand in.</summary>
    public byte[] Buffer => _bytes;

    /// <summary>Whether messages behind a hole in their stream are left out.</summary>
    public bool EndsAtHoles { get; init; }

    /// <summary>Whether a wanted field needs TCP streams followed.</summary>
    public bool NeedsStreams => _wanted.Exists(f => f.NeedsStreams || f.Owner is null || f.Owner.Layer >= Model.OsiLayer.Session);

    /// <summary>Adds a field that is wanted.</summary>
    /// <param name="field">The field; one of <see cref="Field.Either"/> stands for its members.</param>
    /// <returns>Its slot.</returns>
    public int Add(Field field)
    {
        int slot = _wanted.IndexOf(field);
        if (slot >= 0)
        {
            return slot;
        }

        slot = _wanted.Count;
        _wanted.Add(field);
        Array.Resize(ref _values, slot + 1);
        Array.Resize(ref _counts, slot + 1);
        Array.Resize(ref _told, slot + 1);
        _values[slot] = new CollectedValue[4];
        int top = Math.Max(_slots.Length, field.Id + 1);
        int before = _slots.Length;
        Array.Resize(ref _slots, top);
        _slots.AsSpan(before).Fill(-1);
        _slots[field.Id] = (short)slot;
        return slot;
    }

    /// <summary>The slots of a field: its own, or those of its members.</summary>
    public int[] AddAll(Field field) => field.Members.Count == 0 ? [Add(field)] : [.. field.Members.Select(Add)];

    /// <summary>The values of a slot, in the order in which they stand in the packet.</summary>
    public ReadOnlySpan<CollectedValue> this[int slot] => _values[slot].AsSpan(0, _counts[slot]);

    /// <summary>The slots that have values, in the order in which their first ones were told.</summary>
    public ReadOnlySpan<int> Told => _told.AsSpan(0, _toldCount);

    /// <summary>How many values a slot has.</summary>
    public int Count(int slot) => _counts[slot];

    /// <summary>The field of a slot.</summary>
    public Field FieldOf(int slot) => _wanted[slot];

    /// <summary>Takes the values out of a packet, in place of those of the packet before.</summary>
    public void Collect(in PacketView view)
    {
        _used = 0;
        foreach (int slot in Told)
        {
            _counts[slot] = 0;
        }

        _toldCount = 0;
        ReadOnlySpan<LayerEntry> entries = view.Decoded.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            if (MayTell(entries[i].Protocol) && !(EndsAtHoles && entries[i].IsResumed))
            {
                _layer = i;
                LayerFields.Describe(view, i, this);
            }
        }
    }

    void IFieldSink.Number(Field field, long value, int offset, int length)
    {
        int slot = SlotOf(field);
        if (HasRoom(slot))
        {
            ref CollectedValue next = ref Next(slot);
            next.Number = value;
            next.Length = 0;
        }
    }

    bool IFieldSink.Wants(Field field) => SlotOf(field) >= 0;

    void IFieldSink.Real(Field field, double value, int offset, int length) => ((IFieldSink)this).Number(field, BitConverter.DoubleToInt64Bits(value), offset, length);

    void IFieldSink.Mac(Field field, ReadOnlySpan<byte> address, int offset) => Keep(field, address);

    void IFieldSink.Ip(Field field, ReadOnlySpan<byte> address, int offset) => Keep(field, address);

    void IFieldSink.Bytes(Field field, ReadOnlySpan<byte> value, int offset) => Keep(field, value);

    void IFieldSink.Text(Field field, ReadOnlySpan<byte> value, int offset, int length) => Keep(field, value);

    void IFieldSink.Text(Field field, string value, int offset, int length)
    {
        if (SlotOf(field) < 0)
        {
            return;
        }

        if (value.Length <= 512)
        {
            Span<byte> utf8 = stackalloc byte[512 * 3];
            Keep(field, utf8[..Encoding.UTF8.GetBytes(value, utf8)]);
        }
        else
        {
            Keep(field, Encoding.UTF8.GetBytes(value));
        }
    }

    private void Keep(Field field, ReadOnlySpan<byte> value)
    {
        int slot = SlotOf(field);
        if (!HasRoom(slot) || _used + value.Length > MaxBytes)
        {
            return;
        }

        if (_bytes.Length - _used < value.Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + value.Length));
        }

        value.CopyTo(_bytes.AsSpan(_used));
        ref CollectedValue next = ref Next(slot);
        next.Number = 0;
        next.Start = _used;
        next.Length = value.Length;
        _used += value.Length;
    }

    private bool HasRoom(int slot) => slot >= 0 && _counts[slot] < MaxValues;

    // Where the next value of a slot is kept; what it is, is for the caller to write.
    private ref CollectedValue Next(int slot)
    {
        int count = _counts[slot]++;
        if (count == 0)
        {
            _told[_toldCount++] = slot;
        }
        else if (count == _values[slot].Length)
        {
            Array.Resize(ref _values[slot], 2 * count);
        }

        ref CollectedValue next = ref _values[slot][count];
        next.Layer = _layer;
        next.Slot = slot;
        return ref next;
    }

    private int SlotOf(Field field) => field.Id < _slots.Length ? _slots[field.Id] : -1;

    private bool MayTell(Protocol protocol)
    {
        int id = protocol.Id;
        if (id >= _protocols.Length)
        {
            Array.Resize(ref _protocols, Math.Max(id + 1, 2 * _protocols.Length));
        }

        const byte No = 1;
        const byte Yes = 2;
        byte known = _protocols[id];
        if (known == 0)
        {
            known = _protocols[id] = protocol.Fields.Any(f => SlotOf(f) >= 0) ? Yes : No;
        }

        return known == Yes;
    }
}
