namespace NetLab.Osi.Indexing;

/// <summary>Records of an index near the one read last, so that walking along a conversation does not ask the system for each packet. For one thread at a time.</summary>
/// <param name="index">The index.</param>
internal sealed class RecordWindow(CaptureIndex index)
{
    // Twelve kilobytes: what reading them costs is the call, not the bytes.
    private const int Size = 128;

    private readonly PacketRecord[] _records = new PacketRecord[Size];
    private long _first;
    private int _count;

    /// <summary>The record of a packet that is there.</summary>
    public ref readonly PacketRecord this[long number]
    {
        get
        {
            if (number < _first || number >= _first + _count)
            {
                // Backwards the ones before it come next, and otherwise those behind it.
                _first = number < _first ? Math.Max(1, number - Size + 1) : number;
                _count = index.ReadRecords(_first, _records);
            }

            return ref _records[number - _first];
        }
    }
}
