namespace NetLab.Osi.Indexing;

/// <summary>The bytes of packets of an index, read ahead where one stands behind the other. For one thread at a time.</summary>
internal sealed class PacketBytes(CaptureIndex index)
{
    private byte[] _ahead = [];
    private long _start;
    private int _length;
    private bool _isSpool;

    /// <summary>The bytes of a packet; valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(scoped in PacketRecord record)
    {
        bool isSpool = record.Has(PacketTraits.IsSpooled);
        if (isSpool != _isSpool || record.Offset < _start || record.Offset + record.CapturedLength > _start + _length)
        {
            // Behind the last one: what follows will be wanted, too.
            bool goesOn = isSpool == _isSpool && _length > 0 && record.Offset >= _start && record.Offset < _start + _length + (64 << 10);
            int wanted = goesOn ? Math.Max(record.CapturedLength, 128 << 10) : record.CapturedLength;
            if (_ahead.Length < wanted)
            {
                _ahead = new byte[wanted];
            }

            _length = index.ReadBytes(isSpool, record.Offset, _ahead.AsSpan(0, wanted), record.CapturedLength);
            (_start, _isSpool) = (record.Offset, isSpool);
        }

        return _ahead.AsSpan((int)(record.Offset - _start), record.CapturedLength);
    }
}
