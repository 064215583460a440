using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Queries;

namespace NetLab.Host.Tables;

/// <summary>How the values of a field come into a column.</summary>
/// <param name="column">The column.</param>
/// <param name="source">Which of the <see cref="PacketFields.Columns"/>.</param>
internal abstract class FieldColumn(TableColumn column, int source)
{
    // Lists are for what a message says several times; headers have one of each, and of a packet in a packet the outer one counts.
    private static readonly string[] Headers = ["frame.", "eth.", "vlan.", "ip.", "ipv6.", "tcp.", "udp.", "icmp.", "icmpv6.", "arp.", "sctp."];

    private static readonly string[] Small =
        ["port", ".proto", ".ttl", ".hlim", ".nxt", ".dscp", ".ecn", ".type", ".code", ".flags", ".version", ".hdr_len", ".priority", ".opcode", "vlan.id", "ip.id"];

    /// <summary>The column.</summary>
    public TableColumn Column => column;

    protected int Source => source;

    /// <summary>The column of a field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="source">Which of the <see cref="PacketFields.Columns"/> it is.</param>
    /// <param name="texts">The texts of addresses.</param>
    /// <param name="isList">Whether a row has all values rather than the first.</param>
    /// <param name="hasBloomFilter">Whether engines pass over what has no such value.</param>
    public static FieldColumn Of(Field field, int source, AddressTexts texts, bool isList, bool hasBloomFilter = false)
    {
        string name = field.FilterName!;
        bool isGrowing = name is "frame.number";
        return field.Kind switch
        {
            FieldKind.Boolean or FieldKind.Mark => new NumberField<bool>(new ValueColumn<bool>(name, isList), source, field.Kind == FieldKind.Mark ? static _ => true : static v => v != 0),
            FieldKind.Time or FieldKind.Date => new NumberField<long>(new ValueColumn<long>(name, isList) { IsTime = !isList, IsGrowing = !isList }, source, static v => v),
            FieldKind.Duration => new NumberField<double>(new ValueColumn<double>(name, isList), source, static v => v / 1e9),
            FieldKind.Real => new NumberField<double>(new ValueColumn<double>(name, isList), source, BitConverter.Int64BitsToDouble),
            FieldKind.SignedNumber => new NumberField<long>(new ValueColumn<long>(name, isList) { HasBloomFilter = hasBloomFilter }, source, static v => v),
            FieldKind.Number when SizeOf(field) < 4 => new NumberField<int>(new ValueColumn<int>(name, isList) { HasBloomFilter = hasBloomFilter }, source, static v => (int)v),
            FieldKind.Number when SizeOf(field) < 8 => new NumberField<long>(new ValueColumn<long>(name, isList) { IsGrowing = isGrowing }, source, static v => v),
            FieldKind.Number => new NumberField<ulong>(new ValueColumn<ulong>(name, isList), source, static v => (ulong)v),
            FieldKind.Text => new TextField(new TextColumn(name, isList), source),
            FieldKind.Bytes => new BytesField(new BytesColumn(name, isList), source),
            _ => new AddressField(new TextColumn(name, isList) { HasBloomFilter = hasBloomFilter }, source, texts),
        };
    }

    /// <summary>The 16 bytes of an address.</summary>
    public static FieldColumn BytesOf(Field field, int source, AddressTexts texts) =>
        new AddressBytesField(new BytesColumn(field.FilterName + ".bytes"), source, texts);

    /// <summary>
    /// Whether a packet may say a field several times: no header that it stands in at a place of its own has two of it, and no
    /// message has two sets of flags.
    /// </summary>
    public static bool IsRepeated(Field field) =>
        field.Members.Count > 0 || field.FilterName!.Contains("option", StringComparison.Ordinal)
        || (field.At < 0 && !IsOncePerMessage(field.FilterName) && !field.NeedsStreams && field.Owner?.Layer >= OsiLayer.Session && !IsOfHeader(field.FilterName));

    // Bytes of a number. Headers do not declare it where their own code reads the field; what says nothing may have all 64 bits.
    private static int SizeOf(Field field) =>
        field.Size > 0 ? field.Size
        : !IsOfHeader(field.FilterName!) || field.FilterName!.Contains("mptcp", StringComparison.Ordinal) ? 8
        : Array.Exists(Small, s => field.FilterName.EndsWith(s, StringComparison.Ordinal)) ? 2
        : 4;

    private static bool IsOfHeader(string name) => Array.Exists(Headers, h => name.StartsWith(h, StringComparison.Ordinal));

    private static bool IsOncePerMessage(string name) =>
        name == "dns.id" || name.StartsWith("dns.count.", StringComparison.Ordinal) || name.Contains(".flags.", StringComparison.Ordinal);

    /// <summary>Puts a packet's values into the column: a row.</summary>
    /// <param name="fields">The packet.</param>
    /// <param name="layer">The only layer whose values count; negative for all.</param>
    public void Add(PacketFields fields, int layer = -1)
    {
        int count = fields.Count(source);
        if (count == 0)
        {
            column.AddAbsent();
            return;
        }

        if (layer < 0 && !column.IsList)
        {
            AddValue(fields, 0, isNext: false);
            return;
        }

        bool isNext = false;
        for (int i = 0; i < count; i++)
        {
            if (layer >= 0 && fields.Layer(source, i) != layer)
            {
                continue;
            }

            AddValue(fields, i, isNext);
            isNext = true;
            if (!column.IsList)
            {
                break;
            }
        }

        if (!isNext)
        {
            column.AddAbsent();
        }
    }

    protected abstract void AddValue(PacketFields fields, int index, bool isNext);

    private sealed class NumberField<T>(ValueColumn<T> column, int source, Func<long, T> convert) : FieldColumn(column, source)
        where T : unmanaged
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => column.Add(convert(fields.Number(Source, index)), isNext);
    }

    private sealed class TextField(TextColumn column, int source) : FieldColumn(column, source)
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => column.Add(fields.Bytes(Source, index), isNext);
    }

    private sealed class AddressField(TextColumn column, int source, AddressTexts texts) : FieldColumn(column, source)
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => column.Add(texts.Of(fields, Source, index).Text, isNext);
    }

    private sealed class AddressBytesField(BytesColumn column, int source, AddressTexts texts) : FieldColumn(column, source)
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => column.Add(texts.Of(fields, Source, index).Bytes, isNext);
    }

    private sealed class BytesField(BytesColumn column, int source) : FieldColumn(column, source)
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => column.Add(fields.Bytes(Source, index).ToArray(), isNext);
    }
}
