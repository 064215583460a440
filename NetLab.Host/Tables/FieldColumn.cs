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
            FieldKind.Mark => new NumberField<bool, AlwaysTrue>(new ValueColumn<bool>(name, isList), source),
            FieldKind.Boolean => new NumberField<bool, Truth>(new ValueColumn<bool>(name, isList), source),
            FieldKind.Time or FieldKind.Date => new NumberField<long, AsItIs>(new ValueColumn<long>(name, isList) { IsTime = !isList, IsGrowing = !isList }, source),
            FieldKind.Duration => new NumberField<double, Seconds>(new ValueColumn<double>(name, isList), source),
            FieldKind.Real => new NumberField<double, RealNumber>(new ValueColumn<double>(name, isList), source),
            FieldKind.SignedNumber => new NumberField<long, AsItIs>(new ValueColumn<long>(name, isList) { HasBloomFilter = hasBloomFilter }, source),
            FieldKind.Number when SizeOf(field) < 4 => new NumberField<int, Narrow>(new ValueColumn<int>(name, isList) { HasBloomFilter = hasBloomFilter }, source),
            FieldKind.Number when SizeOf(field) < 8 => new NumberField<long, AsItIs>(new ValueColumn<long>(name, isList) { IsGrowing = isGrowing }, source),
            FieldKind.Number => new NumberField<ulong, WithoutSign>(new ValueColumn<ulong>(name, isList), source),
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

    /// <summary>Puts the values of a packet that has some into the row.</summary>
    /// <param name="fields">The packet.</param>
    /// <param name="layer">The only layer whose values count; negative for all.</param>
    public void Add(PacketFields fields, int layer = -1)
    {
        if (layer < 0 && !column.IsList)
        {
            AddValue(fields, 0, isNext: false);
            return;
        }

        bool isNext = false;
        int count = fields.Count(source);
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
    }

    protected abstract void AddValue(PacketFields fields, int index, bool isNext);

    // How a collected number becomes a column's; a type each, so that none is called through a delegate for every value.
    private interface IConversion<T>
    {
        static abstract T Of(long value);
    }

    private readonly struct AlwaysTrue : IConversion<bool>
    {
        public static bool Of(long value) => true;
    }

    private readonly struct Truth : IConversion<bool>
    {
        public static bool Of(long value) => value != 0;
    }

    private readonly struct AsItIs : IConversion<long>
    {
        public static long Of(long value) => value;
    }

    private readonly struct Narrow : IConversion<int>
    {
        public static int Of(long value) => (int)value;
    }

    private readonly struct WithoutSign : IConversion<ulong>
    {
        public static ulong Of(long value) => (ulong)value;
    }

    private readonly struct Seconds : IConversion<double>
    {
        public static double Of(long value) => value / 1e9;
    }

    private readonly struct RealNumber : IConversion<double>
    {
        public static double Of(long value) => BitConverter.Int64BitsToDouble(value);
    }

    private sealed class NumberField<T, TConversion>(ValueColumn<T> column, int source) : FieldColumn(column, source)
        where T : unmanaged
        where TConversion : struct, IConversion<T>
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => column.Add(TConversion.Of(fields.Number(Source, index)), isNext);
    }

    private sealed class TextField(TextColumn column, int source) : FieldColumn(column, source)
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => column.Add(fields.Bytes(Source, index), isNext);
    }

    private sealed class AddressField(TextColumn column, int source, AddressTexts texts) : FieldColumn(column, source)
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => texts.AddText(column, fields, Source, index, isNext);
    }

    private sealed class AddressBytesField(BytesColumn column, int source, AddressTexts texts) : FieldColumn(column, source)
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => column.Add(texts.BytesOf(fields, Source, index), isNext);
    }

    private sealed class BytesField(BytesColumn column, int source) : FieldColumn(column, source)
    {
        protected override void AddValue(PacketFields fields, int index, bool isNext) => column.Add(fields.Bytes(Source, index).ToArray(), isNext);
    }
}
