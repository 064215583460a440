using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Indexing;

/// <summary>
/// The packets of an index that a filter wants. <see cref="Run"/> decodes the capture once more, on one thread; what was found so far may be
/// asked for by any number of threads meanwhile. Takes four bytes of memory for a packet found.
/// </summary>
public sealed class FilterSearch
{
    private readonly CaptureIndex _index;
    private readonly DisplayFilter _filter;
    private readonly object _changing = new();
    private uint[] _found = new uint[256];
    private int _count;
    private long _searched;
    private volatile bool _isComplete;

    /// <summary>Makes a search; it begins with <see cref="Run"/>.</summary>
    /// <param name="index">The capture.</param>
    /// <param name="filter">The filter; the search's alone.</param>
    public FilterSearch(CaptureIndex index, DisplayFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        (_index, _filter) = (index, filter);
    }

    /// <summary>The filter's expression.</summary>
    public string Filter => _filter.Text;

    /// <summary>Packets found so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Packets looked at so far.</summary>
    public long Searched => Volatile.Read(ref _searched);

    /// <summary>Whether all packets were looked at.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Looks at all packets, waiting for those that the index does not have yet.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public void Run(CancellationToken cancellationToken = default)
    {
        using CaptureReader reader = _index.ReadAgain(cancellationToken);
        var decoder = new PacketDecoder(_index.Options with { HashStreams = false, DecodeBodies = false, FollowStreams = _filter.NeedsStreams });
        if (_index.KeyLog is { Length: > 0 } keys)
        {
            decoder.AddKeyLog(keys);
        }

        DecodePipeline.Run(
            reader,
            decoder,
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                if (_filter.Matches(decoded, packet.Bytes))
                {
                    Add((uint)packet.Number);
                }

                Volatile.Write(ref _searched, packet.Number);
                return true;
            },
            cancellationToken: cancellationToken);
        _isComplete = true;
    }

    /// <summary>Numbers of packets found, in order.</summary>
    /// <param name="skip">How many to pass over.</param>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<uint> Found(int skip, int count)
    {
        lock (_changing)
        {
            int start = Math.Clamp(skip, 0, _count);
            return _found.AsSpan(start, Math.Clamp(count, 0, _count - start)).ToArray();
        }
    }

    /// <summary>How many packets before one were found: its place in the list, if it was found itself.</summary>
    /// <param name="number">The packet's number.</param>
    public int PlaceOf(long number)
    {
        lock (_changing)
        {
            int place = Array.BinarySearch(_found, 0, _count, (uint)Math.Clamp(number, 0, uint.MaxValue));
            return place < 0 ? ~place : place;
        }
    }

    private void Add(uint number)
    {
        lock (_changing)
        {
            if (_count == _found.Length)
            {
                Array.Resize(ref _found, 2 * _count);
            }

            _found[_count] = number;
            Volatile.Write(ref _count, _count + 1);
        }
    }
}
