using System.Buffers.Binary;

namespace NetLab.Osi.Presentation;

/// <summary>Reads the vectors of TLS messages (RFC 8446, 3.4) from front to back; what runs over the end reads as empty.</summary>
internal ref struct TlsReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public ReadOnlySpan<byte> Take(int count)
    {
        int step = Math.Min(count, _rest.Length);
        ReadOnlySpan<byte> taken = _rest[..step];
        _rest = _rest[step..];
        return taken;
    }

    public int Take8() => Take(1) is [var value] ? value : 0;

    public int Take16() => Take(2) is { Length: 2 } value ? BinaryPrimitives.ReadUInt16BigEndian(value) : 0;

    /// <summary>A vector with a length of one byte.</summary>
    public ReadOnlySpan<byte> Vector8() => Take(Take8());

    /// <summary>A vector with a length of two bytes.</summary>
    public ReadOnlySpan<byte> Vector16() => Take(Take16());

    /// <summary>Numbers of two bytes until the end.</summary>
    public int[] Numbers16()
    {
        int[] values = new int[_rest.Length / 2];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Take16();
        }

        return values;
    }
}
