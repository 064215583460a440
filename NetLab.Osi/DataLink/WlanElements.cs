namespace NetLab.Osi.DataLink;

/// <summary>Walks the elements of an 802.11 management frame (IEEE 802.11-2020, 9.4.2): number, length, value.</summary>
/// <param name="body">What follows the frame's header.</param>
/// <param name="first">Where the first element begins in it.</param>
internal ref struct WlanElements(ReadOnlySpan<byte> body, int first)
{
    public const int ServiceSetName = 0;
    public const int Channel = 3;

    private readonly ReadOnlySpan<byte> _body = body;
    private int _next = first;

    /// <summary>The element's number.</summary>
    public int Id { get; private set; } = -1;

    /// <summary>Where it begins.</summary>
    public int Offset { get; private set; } = 0;

    /// <summary>What it says.</summary>
    public ReadOnlySpan<byte> Value { get; private set; } = default;

    /// <summary>Where the elements of a management frame begin, behind what stands at places of its own (9.3.3); -1 if it has none.</summary>
    public static int FirstAt(int subtype) => subtype switch
    {
        0 => 4,
        1 or 3 or 6 => 6,
        2 => 10,
        4 => 0,
        5 or 8 => 12,
        10 or 12 => 2,
        11 => 6,
        _ => -1,
    };

    /// <summary>Moves to the next element; false at the end, or where a length lies.</summary>
    public bool MoveNext()
    {
        if (_next + 2 > _body.Length || _next + 2 + _body[_next + 1] > _body.Length)
        {
            return false;
        }

        Offset = _next;
        Id = _body[_next];
        Value = _body.Slice(_next + 2, _body[_next + 1]);
        _next += 2 + Value.Length;
        return true;
    }
}
