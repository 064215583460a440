using System.Diagnostics.CodeAnalysis;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>
/// A display filter, spelled and meant as in Wireshark 4: <c>tcp.port == 80 and http.host contains "example"</c>. Of a field with several values
/// <c>==</c> holds when any is equal, <c>!=</c> when none is; a comparison with a field that is not there does not hold. For one thread at a time.
/// </summary>
public sealed class DisplayFilter
{
    private readonly FieldCollector _fields;
    private readonly FilterTest _test;
    private readonly FilterScratch _scratch = new();

    private DisplayFilter(string text, FieldCollector fields, FilterTest test, bool namesUpperProtocol) =>
        (Text, _fields, _test, NeedsStreams) = (text, fields, test, namesUpperProtocol || fields.NeedsStreams);

    /// <summary>The expression.</summary>
    public string Text { get; }

    /// <summary>Whether it asks for something that is only known when TCP streams are followed: layers 5 to 7, or a segment's place in its stream.</summary>
    public bool NeedsStreams { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="protocols">The protocols whose fields it may name; null for those built in.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="DisplayFilterException">The expression makes no sense; the message says what and <see cref="DisplayFilterException.Position"/> where.</exception>
    public static DisplayFilter Parse(string text, ProtocolRegistry? protocols = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var fields = new FieldCollector();
        var parser = new FilterParser(text, protocols ?? BuiltInProtocols.Registry, fields);
        FilterTest test = parser.Parse();
        return new DisplayFilter(text, fields, test, parser.NamesUpperProtocol);
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="protocols">The protocols whose fields it may name; null for those built in.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="error">What is wrong with the expression and where, in one line.</param>
    public static bool TryParse(string text, ProtocolRegistry? protocols, [NotNullWhen(true)] out DisplayFilter? filter, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (filter, error) = (Parse(text, protocols), null);
            return true;
        }
        catch (DisplayFilterException exception)
        {
            (filter, error) = (null, $"at character {exception.Position + 1}: {exception.Message}");
            return false;
        }
    }

    /// <summary>Whether a packet is wanted.</summary>
    /// <param name="packet">What was found in it.</param>
    /// <param name="bytes">Its bytes.</param>
    public bool Matches(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var view = new PacketView(bytes, packet);
        _fields.Collect(view);
        _scratch.Clear();
        return _test.Matches(new FilterContext(view, _fields, _scratch));
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
