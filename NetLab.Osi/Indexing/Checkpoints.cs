using NetLab.Osi.Decoding;

namespace NetLab.Osi.Indexing;

/// <summary>
/// Decoders as they stood behind packets of long conversations, so that the way to any packet of them is short. Bounded: where there are too many,
/// every second one of the conversation that has most goes. Safe for several threads.
/// </summary>
/// <param name="maxPackets">Packets of a conversation between two of them.</param>
/// <param name="maxBytes">Memory that all of them together may take, about.</param>
internal sealed class Checkpoints(int maxPackets = Checkpoints.Packets, long maxBytes = Checkpoints.DefaultBytes)
{
    /// <summary>Packets between two: at a million a second, some milliseconds of decoding.</summary>
    public const int Packets = 8192;

    // What is decrypted and hashed takes its time by bytes.
    private const long Distance = 32 << 20;
    private const long DefaultBytes = 64 << 20;

    private readonly StateCopier _copier = new();
    private readonly Dictionary<(int Tcp, int Udp), Line> _lines = [];
    private long _bytes;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lines)
            {
                return _lines.Values.Sum(l => l.Points.Count);
            }
        }
    }

    /// <summary>What could not be copied last; null as long as all could.</summary>
    public string? Refused => _copier.Refused;

    /// <summary>Whether a decoder has come so far that it may be worth a copy; <see cref="Offer"/> knows more.</summary>
    /// <param name="packets">Packets since the last one.</param>
    /// <param name="bytes">Their bytes.</param>
    public bool MayBeDue(long packets, long bytes) => packets >= maxPackets || bytes >= Distance;

    /// <summary>Keeps a copy of a decoder as it stands, if one is wanted there.</summary>
    /// <param name="conversation">Its conversation.</param>
    /// <param name="from">The packet behind which the last copy was made or met on the way.</param>
    /// <param name="packets">Packets of the conversation since then.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="point">Where it stands.</param>
    /// <returns>False if none is wanted yet, or it cannot be copied there.</returns>
    public bool Offer((int Tcp, int Udp) conversation, long from, long packets, long bytes, Checkpoint point)
    {
        lock (_lines)
        {
            if (!_lines.TryGetValue(conversation, out Line? line))
            {
                _lines[conversation] = line = new Line();
            }

            if (line.Before(point.Number + 1) > from)
            {
                // Somebody went here before.
                return true;
            }

            if ((packets < maxPackets * line.Stretch && bytes < Distance * line.Stretch) || !_copier.TryCopy(point.Decoder, out PacketDecoder copy, out long size))
            {
                return false;
            }

            line.Points.Add(point.Number, (point with { Decoder = copy }, size));
            (line.Bytes, _bytes) = (line.Bytes + size, _bytes + size);
            while (_bytes > maxBytes)
            {
                Thin();
            }

            return true;
        }
    }

    /// <summary>The last packet before one behind which there is a copy; 0 if there is none.</summary>
    public long Before((int Tcp, int Udp) conversation, long number)
    {
        lock (_lines)
        {
            return _lines.TryGetValue(conversation, out Line? line) ? line.Before(number) : 0;
        }
    }

    /// <summary>A decoder as it stood behind a packet, the caller's own, to go on with; null if there is none any more.</summary>
    public Checkpoint? Take((int Tcp, int Udp) conversation, long number)
    {
        lock (_lines)
        {
            return _lines.TryGetValue(conversation, out Line? line) && line.Points.TryGetValue(number, out (Checkpoint Point, long Bytes) known)
                && _copier.TryCopy(known.Point.Decoder, out PacketDecoder copy, out _) ? known.Point with { Decoder = copy } : null;
        }
    }

    /// <summary>Gives all of them up.</summary>
    public void Clear()
    {
        lock (_lines)
        {
            _lines.Clear();
            _bytes = 0;
        }
    }

    private void Thin()
    {
        Line largest = _lines.Values.MaxBy(l => l.Bytes)!;
        foreach (long number in (long[])[.. largest.Points.Keys.Where((_, i) => i % 2 == 0)])
        {
            long bytes = largest.Points[number].Bytes;
            (largest.Bytes, _bytes) = (largest.Bytes - bytes, _bytes - bytes);
            largest.Points.Remove(number);
        }

        largest.Stretch *= 2;
    }

    private sealed class Line
    {
        public SortedList<long, (Checkpoint Point, long Bytes)> Points { get; } = [];

        public long Bytes { get; set; }

        // How many times the usual distance there is between two.
        public long Stretch { get; set; } = 1;

        public long Before(long number)
        {
            IList<long> numbers = Points.Keys;
            (int low, int high) = (0, numbers.Count);
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = numbers[middle] < number ? (middle + 1, high) : (low, middle);
            }

            return low == 0 ? 0 : numbers[low - 1];
        }
    }
}
