using NetLab.Osi.Captures;

namespace NetLab.Osi.Indexing;

/// <summary>Reads the packets of an index from the first on, whatever the capture was read from; waits for those that are not there yet.</summary>
internal sealed class IndexedReader(CaptureIndex index, CancellationToken cancellationToken) : CaptureReader(null)
{
    private readonly PacketBytes _bytes = new(index);
    private readonly PacketRecord[] _records = new PacketRecord[1024];
    private long _number;
    private long _firstRead;
    private int _read;
    private bool _hasBroughtKeys;

    internal override bool WouldWait => _number >= index.Count && !index.IsComplete;

    internal override bool IsLive => false;

    internal override long Position => 0;

    public override string? TakeKeyLog()
    {
        if (_hasBroughtKeys || !index.IsComplete)
        {
            return null;
        }

        _hasBroughtKeys = true;
        return index.KeyLog;
    }

    public override bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        if (!index.WaitFor(_number + 1, cancellationToken))
        {
            return false;
        }

        if (_number >= _firstRead + _read)
        {
            _firstRead = _number;
            _read = index.ReadRecords(_number + 1, _records);
        }

        PacketRecord record = _records[_number - _firstRead];
        packet = new CapturedPacket(
            ++_number, index.InterfaceOf(record), record.Has(PacketTraits.HasTime) ? record.Time : null, record.OriginalLength, _bytes.Of(record));
        return true;
    }
}
