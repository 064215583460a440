using System.Diagnostics;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Statistics;

namespace NetLab.Osi.Indexing;

/// <summary>
/// What the packets add up to that an index of a live capture has so far. They are decoded once more for it, those that are new each time it is
/// asked. Safe for several threads, one of which looks at a time.
/// </summary>
public sealed class GrowingSummary : IDisposable
{
    // The clock is asked now and then.
    private const int PacketsAtOnce = 256;

    private readonly CaptureIndex _index;
    private readonly CaptureReader _reader;
    private readonly CaptureStatistics _statistics = new() { Top = CaptureIndex.MaxConversations };
    private readonly PacketDecoder _decoder;
    private readonly DecodedPacket _decoded = new();
    private readonly object _busy = new();

    /// <summary>Looks at the sums.</summary>
    /// <param name="statistics">They; valid until the call returns.</param>
    /// <param name="conversations">The largest conversations.</param>
    /// <param name="count">How many conversations there are.</param>
    /// <param name="anomalies">What is odd so far.</param>
    public delegate void Viewer(CaptureStatistics statistics, IReadOnlyList<Conversation> conversations, int count, IReadOnlyList<Anomaly> anomalies);

    /// <summary>Makes one; nothing is decoded before it is asked.</summary>
    /// <param name="index">The capture.</param>
    public GrowingSummary(CaptureIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        _index = index;
        _reader = index.ReadAgain();
        _decoder = new PacketDecoder(_statistics.Observing(index.Options with { HashStreams = false, DecodeBodies = false }));
        if (index.KeyLog is { Length: > 0 } keys)
        {
            _decoder.AddKeyLog(keys);
        }
    }

    /// <summary>Counts the packets that came since the last time, for so long at most, and shows the sums.</summary>
    /// <param name="most">After which time those that are left wait for the next call.</param>
    /// <param name="viewer">Shown the sums.</param>
    public void Look(TimeSpan most, Viewer viewer)
    {
        ArgumentNullException.ThrowIfNull(viewer);
        lock (_busy)
        {
            long began = Stopwatch.GetTimestamp();
            while (_statistics.Packets < _index.Count && (_statistics.Packets % PacketsAtOnce != 0 || Stopwatch.GetElapsedTime(began) < most) && _reader.TryRead(out CapturedPacket packet))
            {
                _decoder.Decode(packet, _decoded);
                _statistics.Add(packet, _decoded);
            }

            viewer(_statistics, _statistics.Conversations(_decoder, out int count), count, _statistics.Anomalies(_decoder));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
