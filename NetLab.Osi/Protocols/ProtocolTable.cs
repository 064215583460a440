namespace NetLab.Osi.Protocols;

/// <summary>The rows of one number table: which protocols a number chooses, in the order in which they are asked.</summary>
internal sealed class ProtocolTable
{
    private const int PageSize = 256;

    // [number / 256][number % 256]; numbers beyond 16 bits are few and stand in a dictionary.
    private readonly ProtocolRow?[]?[] _pages = new ProtocolRow?[PageSize][];
    private Dictionary<long, ProtocolRow>? _large;

    /// <summary>The row of a number; null if it chooses none.</summary>
    public ProtocolRow? Find(long number) => (ulong)number < PageSize * PageSize
        ? _pages[(int)number / PageSize]?[(int)number % PageSize]
        : _large?.GetValueOrDefault(number);

    /// <summary>Adds a protocol for a range of numbers, behind those that they choose already.</summary>
    public void Add(ProtocolReference protocol, long first, long last)
    {
        for (long number = first; number <= last; number++)
        {
            if (number < PageSize * PageSize)
            {
                ProtocolRow?[] page = _pages[number / PageSize] ??= new ProtocolRow?[PageSize];
                page[number % PageSize] = Behind(page[number % PageSize], protocol);
            }
            else
            {
                _large ??= [];
                _large[number] = Behind(_large.GetValueOrDefault(number), protocol);
            }
        }
    }

    private static ProtocolRow Behind(ProtocolRow? there, ProtocolReference protocol) =>
        there is null ? new ProtocolRow(protocol, null) : there with { Next = Behind(there.Next, protocol) };
}
