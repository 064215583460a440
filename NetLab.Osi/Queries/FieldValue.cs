using System.Net;
using System.Text;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Queries;

/// <summary>A value of a field of a packet.</summary>
public sealed class FieldValue
{
    private readonly long _number;
    private readonly byte[] _bytes;

    internal FieldValue(Field field, long number, byte[] bytes) => (Field, _number, _bytes) = (field, number, bytes);

    /// <summary>The field.</summary>
    public Field Field { get; }

    /// <summary>The number, of a field that is one; a truth is 0 or 1, a time nanoseconds.</summary>
    /// <exception cref="InvalidOperationException">The field is no number.</exception>
    public long Number => Field.Kind is FieldKind.Number or FieldKind.SignedNumber or FieldKind.Boolean or FieldKind.Time or FieldKind.Date or FieldKind.Duration
        ? _number
        : throw Not("a number");

    /// <summary>The truth, of a field that is one.</summary>
    /// <exception cref="InvalidOperationException">The field is no truth.</exception>
    public bool IsTrue => Field.Kind == FieldKind.Boolean ? _number != 0 : throw Not("a truth");

    /// <summary>The address, of a field that is one of IP.</summary>
    /// <exception cref="InvalidOperationException">The field is no address of IP.</exception>
    public IPAddress Address => Field.Kind is FieldKind.Ipv4 or FieldKind.Ipv6 or FieldKind.Ip ? new IPAddress(_bytes) : throw Not("an IP address");

    /// <summary>The bytes, of a field that is text, bytes or an address.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The text, of a field that is one; what is not UTF-8 is replaced.</summary>
    /// <exception cref="InvalidOperationException">The field is no text.</exception>
    public string Text => Field.Kind == FieldKind.Text ? Encoding.UTF8.GetString(_bytes) : throw Not("a text");

    /// <summary>The value as columns show it.</summary>
    public override string ToString()
    {
        var text = new Utf8Text();
        FieldText.Append(text, Field.Kind, _number, _bytes);
        return Encoding.UTF8.GetString(text.Written);
    }

    private InvalidOperationException Not(string what) => new($"{Field} is no field whose value is {what}: it is of kind {Field.Kind}");
}
