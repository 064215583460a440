using System.Buffers.Binary;

namespace NetLab.Osi.Physical;

/// <summary>Walks the fields of a radiotap header (radiotap.org): which are there is said by bits, where they are by the sizes of those before.</summary>
/// <param name="header">The header.</param>
internal ref struct RadiotapFields(ReadOnlySpan<byte> header)
{
    public const int Flags = 1;
    public const int Rate = 2;
    public const int Channel = 3;
    public const int Signal = 5;
    public const int Mcs = 19;

    private const int RadiotapNamespace = 29;
    private const int VendorNamespace = 30;
    private const int More = 31;

    private readonly ReadOnlySpan<byte> _header = header;
    private int _word = 4;
    private int _bit = -1;
    private int _next = EndOfBits(header);
    private bool _isForeign = false;

    /// <summary>The field's number.</summary>
    public readonly int Number => _bit;

    /// <summary>Where it is.</summary>
    public int Offset { get; private set; } = 0;

    // Alignment and size of the fields in the order of their bits, a byte each (radiotap.org/fields/defined).
    private static ReadOnlySpan<byte> Alignments => [8, 1, 1, 2, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 4, 1, 4, 2, 8, 2, 2, 2, 1, 2];

    private static ReadOnlySpan<byte> Sizes => [8, 1, 1, 4, 2, 1, 1, 2, 2, 2, 1, 1, 1, 1, 2, 2, 1, 1, 8, 3, 8, 12, 12, 12, 12, 6, 1, 4];

    /// <summary>Moves to the next field of radiotap's own; false at the end, and where a field is not known, so that none behind it can be found.</summary>
    public bool MoveNext()
    {
        while (_word + 4 <= _header.Length && _next > 0)
        {
            uint present = BinaryPrimitives.ReadUInt32LittleEndian(_header[_word..]);
            while (++_bit < RadiotapNamespace)
            {
                if ((present & (1u << _bit)) == 0 || _isForeign)
                {
                    continue;
                }

                if (_bit >= Sizes.Length)
                {
                    return false;
                }

                int alignment = Alignments[_bit];
                Offset = (_next + alignment - 1) & -alignment;
                _next = Offset + Sizes[_bit];
                return _next <= _header.Length;
            }

            if ((present & (1u << More)) == 0 || !Enter(present))
            {
                return false;
            }

            _word += 4;
            _bit = -1;
        }

        return false;
    }

    // The next word counts bits of radiotap again, or of a vendor, whose bytes are passed over.
    private bool Enter(uint present)
    {
        if ((present & (1u << VendorNamespace)) == 0)
        {
            _isForeign = _isForeign && (present & (1u << RadiotapNamespace)) == 0;
            return true;
        }

        int at = (_next + 1) & ~1;
        if (at + 6 > _header.Length)
        {
            return false;
        }

        _next = at + 6 + BinaryPrimitives.ReadUInt16LittleEndian(_header[(at + 4)..]);
        _isForeign = true;
        return _next <= _header.Length;
    }

    private static int EndOfBits(ReadOnlySpan<byte> header)
    {
        for (int at = 4; at + 4 <= header.Length; at += 4)
        {
            if ((BinaryPrimitives.ReadUInt32LittleEndian(header[at..]) & (1u << More)) == 0)
            {
                return at + 4;
            }
        }

        return 0;
    }
}
