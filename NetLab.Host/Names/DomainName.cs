using System.Globalization;
using System.Text;

namespace NetLab.Host.Names;

/// <summary>
/// A domain name as it is on the wire, uncompressed: labels of 1 to 63 octets, 255 octets in all, the root's empty label at the end (RFC
/// 1035, 3.1). Two names are equal whatever the case of their ASCII letters (RFC 4343); each keeps its own. Immutable.
/// </summary>
internal sealed class DomainName : IEquatable<DomainName>
{
    /// <summary>The most octets of a name (RFC 1035, 2.3.4).</summary>
    public const int MaxLength = 255;

    private const int MaxLabel = 63;

    private readonly byte[] _wire;

    /// <param name="wire">A name on the wire, without pointers; its own from now on.</param>
    public DomainName(byte[] wire)
    {
        _wire = wire;

        // Lengths are below 64, so no length is taken for a letter.
        Key = string.Create(wire.Length, wire, static (text, bytes) =>
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                text[i] = (char)(bytes[i] is >= (byte)'A' and <= (byte)'Z' ? bytes[i] | 0x20 : bytes[i]);
            }
        });
    }

    /// <summary>The root.</summary>
    public static DomainName Root { get; } = new([0]);

    /// <summary>The name with its letters in lower case: what names are compared and found by.</summary>
    public string Key { get; }

    /// <summary>The octets.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>Whether it is the root.</summary>
    public bool IsRoot => _wire.Length == 1;

    /// <summary>Whether its first label is an asterisk (RFC 4592, 2.1.1).</summary>
    public bool IsWildcard => _wire is [1, (byte)'*', ..];

    /// <summary>The name without its first label; of the root, itself.</summary>
    public DomainName Parent => IsRoot ? this : new DomainName(_wire[(_wire[0] + 1)..]);

    /// <summary>Reads a name as a zone file has it (RFC 1035, 5.1): relative to an origin unless a dot ends it, @ for the origin.</summary>
    /// <param name="text">The text; <c>\.</c> is a dot within a label, <c>\065</c> an octet.</param>
    /// <param name="origin">What a relative name is relative to.</param>
    /// <param name="name">The name.</param>
    /// <param name="error">What is wrong, in words; null if nothing is.</param>
    public static bool TryParse(string text, DomainName origin, out DomainName name, out string? error)
    {
        name = origin;
        error = null;
        switch (text)
        {
            case "@":
                return true;
            case ".":
                name = Root;
                return true;
            case "":
                error = "a name is empty";
                return false;
        }

        var wire = new List<byte>(text.Length + 2);
        var label = new List<byte>();
        bool isAbsolute = false;
        for (int i = 0; i < text.Length;)
        {
            isAbsolute = text[i] == '.';
            if (isAbsolute)
            {
                i++;
                error = End(wire, label);
            }
            else if (!TextOctets.TryRead(text, ref i, out byte octet))
            {
                error = "an octet is a character of ASCII, or \\ and three digits up to 255";
            }
            else
            {
                label.Add(octet);
            }

            if (error is not null)
            {
                return false;
            }
        }

        error = isAbsolute ? null : End(wire, label);
        wire.AddRange(isAbsolute ? Root.Wire : origin.Wire);
        error ??= wire.Count > MaxLength ? $"a name has {MaxLength} octets at most" : null;
        name = error is null ? new DomainName([.. wire]) : origin;
        return error is null;
    }

    /// <summary>The name of a label below this one; null if it would be too long.</summary>
    public DomainName? Prepend(ReadOnlySpan<byte> label) =>
        label.Length is 0 or > MaxLabel || label.Length + 1 + _wire.Length > MaxLength ? null : new DomainName([(byte)label.Length, .. label, .. _wire]);

    /// <summary>Whether it is another name or below it.</summary>
    public bool IsWithin(DomainName other)
    {
        int start = Key.Length - other.Key.Length;
        if (start < 0 || !Key.EndsWith(other.Key, StringComparison.Ordinal))
        {
            return false;
        }

        // The end of one has to begin at a label of the other.
        int label = 0;
        while (label < start)
        {
            label += _wire[label] + 1;
        }

        return label == start;
    }

    /// <inheritdoc/>
    public bool Equals(DomainName? other) => other is not null && Key == other.Key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DomainName);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name with a dot at its end, as a zone file has it.</summary>
    public override string ToString()
    {
        if (IsRoot)
        {
            return ".";
        }

        var text = new StringBuilder();
        for (int at = 0; _wire[at] > 0; at += _wire[at] + 1)
        {
            foreach (byte octet in _wire.AsSpan(at + 1, _wire[at]))
            {
                _ = octet switch
                {
                    (byte)'.' or (byte)'\\' or (byte)'"' or (byte)';' or (byte)'(' or (byte)')' or (byte)'@' or (byte)'$' => text.Append('\\').Append((char)octet),
                    > 0x20 and < 0x7F => text.Append((char)octet),
                    _ => text.Append(CultureInfo.InvariantCulture, $"\\{octet:000}"),
                };
            }

            text.Append('.');
        }

        return text.ToString();
    }

    private static string? End(List<byte> wire, List<byte> label)
    {
        if (label.Count is 0 or > MaxLabel)
        {
            return label.Count == 0 ? "a label is empty" : $"a label has {MaxLabel} octets at most";
        }

        wire.Add((byte)label.Count);
        wire.AddRange(label);
        label.Clear();
        return null;
    }
}
