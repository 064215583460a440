namespace NetLab.Osi.Captures;

/// <summary>
/// Several captures as one: of the packets that come next in each, the earliest; of equal times, that of the capture named
/// first. A packet without a time comes with the one before it. Packets are numbered anew.
/// </summary>
internal sealed class MergedReader : CaptureReader
{
    private readonly Source[] _sources;
    private long _number;

    public MergedReader(IReadOnlyList<(string Name, CaptureReader Reader)> captures)
        : base(null) => _sources = [.. captures.Select((c, i) => new Source(c.Name, c.Reader, i))];

    /// <inheritdoc/>
    public override string? Damage => _sources.FirstOrDefault(s => s.Reader.Damage is not null) is { } damaged ? $"{damaged.Name}: {damaged.Reader.Damage}" : null;

    internal override bool IsLive => _sources.Any(s => s.Reader.IsLive);

    internal override long Position => _sources.Sum(s => s.Reader.Position);

    internal override bool WouldWait => _sources.Any(s => !s.HasNext && !s.IsAtEnd && s.Reader.WouldWait);

    public override string? TakeKeyLog()
    {
        string? all = null;
        foreach (Source source in _sources)
        {
            all += source.Reader.TakeKeyLog();
        }

        return all;
    }

    public override bool TryRead(out CapturedPacket packet)
    {
        Source? first = null;
        foreach (Source source in _sources)
        {
            source.Advance();
            if (source.HasNext && (first is null || source.Time < first.Time))
            {
                first = source;
            }
        }

        if (first is null)
        {
            packet = default;
            return false;
        }

        packet = first.Take(++_number);
        return true;
    }

    public override void Dispose()
    {
        foreach (Source source in _sources)
        {
            source.Reader.Dispose();
        }

        base.Dispose();
    }

    // A capture, and a copy of its next packet.
    private sealed class Source(string name, CaptureReader reader, int number)
    {
        private CaptureInterface? _interface;
        private byte[] _bytes = [];
        private long? _time;
        private long _originalLength;
        private int _length;
        private string? _comment;
        private long _offset;

        public string Name { get; } = name;

        public CaptureReader Reader { get; } = reader;

        public bool HasNext { get; private set; }

        public bool IsAtEnd { get; private set; }

        public long Time { get; private set; } = long.MinValue;

        public void Advance()
        {
            if (HasNext || IsAtEnd)
            {
                return;
            }

            if (!Reader.TryRead(out CapturedPacket packet))
            {
                IsAtEnd = true;
                return;
            }

            if (packet.Bytes.Length > _bytes.Length)
            {
                _bytes = new byte[Math.Max(2048, packet.Bytes.Length)];
            }

            packet.Bytes.CopyTo(_bytes);
            (_interface, _time, _originalLength, _length, _comment, HasNext) = (packet.Source, packet.Time, packet.OriginalLength, packet.Bytes.Length, packet.Comment, true);
            _offset = packet.FileOffset;
            Time = packet.Time ?? Time;
        }

        public CapturedPacket Take(long ordinal)
        {
            HasNext = false;
            return new CapturedPacket(ordinal, _interface!, _time, _originalLength, _bytes.AsSpan(0, _length), _comment, file: number, offsetInFile: _offset);
        }
    }
}
