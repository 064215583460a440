using System.Buffers.Binary;

namespace NetLab.Osi.Protocols;

/// <summary>Walks a list of types, lengths and values, as most control protocols have it.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="first">Where the list begins in them.</param>
/// <param name="typeSize">Bytes of a type: 1 or 2.</param>
/// <param name="lengthSize">Bytes of a length: 1 or 2.</param>
/// <param name="countsHeader">Whether a length counts type and length, too.</param>
/// <param name="alignment">What each element is filled up to a multiple of.</param>
internal ref struct TypeLengthValues(ReadOnlySpan<byte> bytes, int first, int typeSize, int lengthSize, bool countsHeader, int alignment = 1)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _next = first;

    /// <summary>The element's type.</summary>
    public int Type { get; private set; } = 0;

    /// <summary>Its length, as it says.</summary>
    public int Length { get; private set; } = 0;

    /// <summary>Where it begins.</summary>
    public int Offset { get; private set; } = first;

    /// <summary>Where its value begins.</summary>
    public readonly int ValueOffset => Offset + typeSize + lengthSize;

    /// <summary>Its value, as far as it is there.</summary>
    public ReadOnlySpan<byte> Value { get; private set; } = default;

    /// <summary>Moves to the next element; false at the end, and behind one whose length lies.</summary>
    public bool MoveNext()
    {
        int header = typeSize + lengthSize;
        if (_next < 0 || _bytes.Length - _next < header)
        {
            return false;
        }

        Offset = _next;
        Type = Read(_next, typeSize);
        Length = Read(_next + typeSize, lengthSize);
        int size = countsHeader ? Length : Length + header;
        if (size < header)
        {
            // An element that does not even hold itself: nothing behind it can be found.
            Value = default;
            _next = -1;
            return true;
        }

        int end = Math.Min(_bytes.Length, Offset + size);
        Value = _bytes[ValueOffset..end];
        _next = Offset + size > _bytes.Length ? -1 : Offset + ((size + alignment - 1) / alignment * alignment);
        return true;
    }

    private readonly int Read(int at, int size) => size == 1 ? _bytes[at] : BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]);
}
