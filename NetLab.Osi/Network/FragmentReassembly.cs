using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>
/// Puts IP datagrams together from fragments. Where fragments overlap, the one that begins first stays, and of those that
/// begin together the one first in the file: Wireshark's policy. Memory is bounded: beyond <see cref="MaxBytes"/> or <see cref="MaxDatagrams"/> the datagram begun first is given up.
/// </summary>
internal sealed class FragmentReassembly
{
    public static readonly MemorySlot<FragmentReassembly> Slot = new(static () => new FragmentReassembly());

    public const int MaxBytes = 8 << 20;
    public const int MaxDatagrams = 4096;

    // RFC 791, 3.1: the total length has 16 bits, so no datagram is longer.
    private const int MaxDatagramBytes = 65_535;

    // RFC 1122, 3.3.2: a receiver gives up between 60 and 120 seconds; then the identification may mean another datagram.
    private const long MaxAge = 120_000_000_000;

    private readonly Dictionary<FragmentKey, Pieces> _datagrams = [];
    private readonly Queue<(FragmentKey Key, Pieces Pieces)> _order = new();
    private long _bytes;

    /// <summary>Takes a fragment.</summary>
    /// <param name="key">Which datagram it belongs to.</param>
    /// <param name="bytes">What it carries.</param>
    /// <param name="offset">Where in the datagram.</param>
    /// <param name="more">Whether others follow it.</param>
    /// <param name="protocol">What its header says the datagram carries; the first fragment's word counts.</param>
    /// <param name="time">When it was seen.</param>
    /// <param name="datagramProtocol">What the datagram carries.</param>
    /// <returns>The datagram's payload when this fragment completes it, else null.</returns>
    public byte[]? Take(
        in FragmentKey key, ReadOnlySpan<byte> bytes, int offset, bool more, int protocol, long? time, out int datagramProtocol)
    {
        datagramProtocol = protocol;
        if (offset + bytes.Length > MaxDatagramBytes)
        {
            return null;
        }

        if (!_datagrams.TryGetValue(key, out Pieces? pieces) || time - pieces.Time > MaxAge)
        {
            Remove(key);
            pieces = new Pieces(time, protocol);
            _datagrams[key] = pieces;
            _order.Enqueue((key, pieces));
        }

        if (offset == 0)
        {
            pieces.Protocol = protocol;
        }

        _bytes += pieces.Keep(bytes, offset, more);
        if (pieces.IsComplete)
        {
            datagramProtocol = pieces.Protocol;
            Remove(key);
            return pieces.Assemble();
        }

        while ((_bytes > MaxBytes || _datagrams.Count > MaxDatagrams || _order.Count > 2 * MaxDatagrams) && _order.TryDequeue(out (FragmentKey Key, Pieces Pieces) oldest))
        {
            if (_datagrams.GetValueOrDefault(oldest.Key) == oldest.Pieces)
            {
                Remove(oldest.Key);
            }
        }

        return null;
    }

    private void Remove(in FragmentKey key)
    {
        if (_datagrams.Remove(key, out Pieces? pieces))
        {
            _bytes -= pieces.Cost;
        }
    }

    private sealed class Pieces(long? time, int protocol)
    {
        // Copies of what is there already are kept too; a datagram that has more of them than this is an attack.
        private const int MaxPieces = 8192;

        // Its place in the list, the object, and the room that the list grows by.
        private const int PieceCost = 72;

        // By where they begin; of those that begin together, the one that came first in the file first.
        private readonly List<(int Start, byte[] Bytes)> _pieces = [];
        private int? _total;
        private int _reach;

        public long? Time { get; } = time;

        public int Protocol { get; set; } = protocol;

        /// <summary>What is held for it.</summary>
        public int Cost { get; private set; }

        public bool IsComplete => _total <= _reach;

        /// <summary>Keeps a fragment.</summary>
        /// <returns>What it costs.</returns>
        public int Keep(ReadOnlySpan<byte> bytes, int start, bool more)
        {
            if (!more)
            {
                _total ??= start + bytes.Length;
            }

            // One that brings nothing is only of use when it says where the datagram ends.
            if (bytes.IsEmpty || _pieces.Count >= MaxPieces)
            {
                return 0;
            }

            int index = IndexBehind(start);
            _pieces.Insert(index, (start, bytes.ToArray()));
            Advance(index);
            Cost += bytes.Length + PieceCost;
            return bytes.Length + PieceCost;
        }

        public byte[] Assemble()
        {
            byte[] datagram = new byte[_total!.Value];
            int at = 0;
            foreach ((int start, byte[] bytes) in _pieces)
            {
                int from = at - start;
                if (from < bytes.Length && at < datagram.Length)
                {
                    int step = Math.Min(bytes.Length - from, datagram.Length - at);
                    bytes.AsSpan(from, step).CopyTo(datagram.AsSpan(at));
                    at += step;
                }
            }

            return datagram;
        }

        // A new piece may close a hole: then those behind it count, too.
        private void Advance(int index)
        {
            if (_pieces[index].Start + _pieces[index].Bytes.Length <= _reach)
            {
                return;
            }

            for (; index < _pieces.Count && _pieces[index].Start <= _reach; index++)
            {
                _reach = Math.Max(_reach, _pieces[index].Start + _pieces[index].Bytes.Length);
            }
        }

        private int IndexBehind(int start)
        {
            (int low, int high) = (0, _pieces.Count);
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = _pieces[middle].Start <= start ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }
}
