using System.Text;

namespace NetLab.Osi.Protocols;

/// <summary>
/// A field of a protocol, declared once, as a static value beside the code that reads it: JSON, tree, filter, columns,
/// <c>nlab fields</c> and the page are made from the declaration. Immutable but for its owner, which is set when the
/// <see cref="Protocols.Protocol"/> that lists it is made.
/// </summary>
public sealed class Field
{
    private static int _lastNumber;

    private Field(string? name, string? filter, FieldKind kind)
    {
        (Name, FilterName, Kind) = (name, filter, kind);
        Utf8Name = name is null ? [] : Encoding.UTF8.GetBytes(name);
        JsonPrefix = name is null ? [] : Encoding.UTF8.GetBytes($"\"{name}\":");
        Id = Interlocked.Increment(ref _lastNumber);
    }

    /// <summary>Its name in JSON and in the tree; null for a field that only filters and columns know.</summary>
    public string? Name { get; }

    /// <summary>Its name in filters and columns, spelled as Wireshark spells it; null for a field that they do not know.</summary>
    public string? FilterName { get; }

    /// <summary>What values it has.</summary>
    public FieldKind Kind { get; }

    /// <summary>Where its bytes begin in the protocol's header; -1 when that depends on the packet.</summary>
    public int At { get; private init; } = -1;

    /// <summary>How many bytes it takes at <see cref="At"/>.</summary>
    public int Size { get; private init; }

    /// <summary>How many bytes a value takes at most, by which a filter refuses numbers that no packet can have; 8 when nothing is declared.</summary>
    public int Width { get; private init; } = 8;

    /// <summary>Which bits of those bytes, read in network order, are the field's.</summary>
    public ulong Mask { get; private init; } = ulong.MaxValue;

    /// <summary>Whether the bytes stand in little-endian order.</summary>
    public bool IsLittleEndian { get; private init; }

    /// <summary>What is told of a value beside the number: the name of the value, or a unit; null if nothing is.</summary>
    public Func<long, string?>? Names { get; private init; }

    /// <summary>What the field means, in a few words.</summary>
    public string About { get; private init; } = "";

    /// <summary>The fields whose values it has: <c>tcp.port</c> has those of both ports. Empty for a field with values of its own.</summary>
    public IReadOnlyList<Field> Members { get; private init; } = [];

    /// <summary>Whether the value depends on packets before this one of the same TCP stream, so that a filter on it needs the streams followed.</summary>
    public bool NeedsStreams { get; private init; }

    /// <summary>Whether its bytes are one mark, which columns write as hexadecimal digits without colons, as Wireshark does.</summary>
    public bool IsMark { get; private init; }

    /// <summary>Whether the value is shown in the one line that says what a packet is about.</summary>
    public bool IsInSummary { get; private init; }

    /// <summary>The protocol that lists it; null before that protocol was made.</summary>
    public Protocol? Owner { get; internal set; }

    /// <summary>A number of the field's own in this process, so that what collects fields finds its place for one without a search.</summary>
    internal int Id { get; }

    internal ReadOnlySpan<byte> Utf8 => Utf8Name;

    internal byte[] JsonPrefix { get; }

    internal int Shift => System.Numerics.BitOperations.TrailingZeroCount(Mask);

    private byte[] Utf8Name { get; }

    /// <summary>Declares a whole number.</summary>
    /// <param name="name">Its name in JSON; null for none.</param>
    /// <param name="filter">Its name in filters; null for none.</param>
    /// <param name="at">Where its bytes begin in the header; -1 when that depends on the packet.</param>
    /// <param name="size">How many bytes, 1 to 8.</param>
    /// <param name="mask">Which bits of them; 0 for all.</param>
    /// <param name="names">The names of values, or a unit.</param>
    /// <param name="about">What it means.</param>
    /// <param name="littleEndian">Whether the bytes stand in little-endian order.</param>
    /// <param name="needsStreams">Whether it depends on earlier packets of its TCP stream.</param>
    /// <param name="summary">Whether the summary line shows it.</param>
    /// <param name="width">How many bytes a value takes at most, where that is not <paramref name="size"/>.</param>
    public static Field Number(
        string? name, string? filter = null, int at = -1, int size = 0, ulong mask = 0, Func<long, string?>? names = null, string about = "",
        bool littleEndian = false, bool needsStreams = false, bool summary = false, int width = 0) =>
        new(name, filter, FieldKind.Number)
        {
            At = at,
            Size = size,
            Width = WidthOf(width, size),
            Mask = mask == 0 ? ulong.MaxValue : mask,
            Names = names,
            About = about,
            IsLittleEndian = littleEndian,
            NeedsStreams = needsStreams,
            IsInSummary = summary,
        };

    /// <summary>Declares a truth: whether any bit of the mask is set.</summary>
    public static Field Flag(string? name, string? filter = null, int at = -1, int size = 0, ulong mask = 0, string about = "", bool littleEndian = false, bool needsStreams = false) =>
        new(name, filter, FieldKind.Boolean)
        {
            At = at,
            Size = size,
            Mask = mask == 0 ? ulong.MaxValue : mask,
            About = about,
            IsLittleEndian = littleEndian,
            NeedsStreams = needsStreams,
        };

    /// <summary>Declares a text.</summary>
    public static Field Text(string? name, string? filter = null, int at = -1, int size = 0, string about = "", bool summary = false) =>
        new(name, filter, FieldKind.Text) { At = at, Size = size, About = about, IsInSummary = summary };

    /// <summary>Declares bytes; <paramref name="mark"/> says that together they are a mark by which something is known again.</summary>
    public static Field Bytes(string? name, string? filter = null, int at = -1, int size = 0, string about = "", bool mark = false) =>
        new(name, filter, FieldKind.Bytes) { At = at, Size = size, About = about, IsMark = mark };

    /// <summary>Declares a hardware address of six bytes.</summary>
    public static Field Mac(string? name, string? filter = null, int at = -1, string about = "") =>
        new(name, filter, FieldKind.Mac) { At = at, Size = 6, About = about };

    /// <summary>Declares an IPv4 address.</summary>
    public static Field Ipv4(string? name, string? filter = null, int at = -1, string about = "", bool summary = false) =>
        new(name, filter, FieldKind.Ipv4) { At = at, Size = 4, About = about, IsInSummary = summary };

    /// <summary>Declares an IPv6 address.</summary>
    public static Field Ipv6(string? name, string? filter = null, int at = -1, string about = "") =>
        new(name, filter, FieldKind.Ipv6) { At = at, Size = 16, About = about };

    /// <summary>Declares a field of any kind whose place depends on the packet.</summary>
    public static Field Of(
        FieldKind kind, string? name, string? filter = null, string about = "", Func<long, string?>? names = null, bool needsStreams = false, bool summary = false, int width = 0) =>
        new(name, filter, kind) { About = about, Names = names, NeedsStreams = needsStreams, IsInSummary = summary, Width = WidthOf(width, 0) };

    /// <summary>Declares an object, or a list of objects.</summary>
    public static Field Group(string? name, string about = "") => new(name, null, FieldKind.Group) { About = about };

    /// <summary>Declares a name in filters for the values of several fields: <c>tcp.port</c> for both ports.</summary>
    /// <param name="filter">The name.</param>
    /// <param name="members">The fields, all of one kind.</param>
    public static Field Either(string filter, params Field[] members)
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentOutOfRangeException.ThrowIfZero(members.Length);
        return new Field(null, filter, members[0].Kind) { Members = members, Names = members[0].Names, NeedsStreams = members.Any(m => m.NeedsStreams), Width = members.Max(m => m.Width) };
    }

    /// <inheritdoc/>
    public override string ToString() => FilterName ?? Name ?? "";

    private static int WidthOf(int width, int size) => width is >= 1 and <= 8 ? width : size is >= 1 and <= 8 ? size : 8;
}
