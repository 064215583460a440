using NetLab.Host.Captures;
using NetLab.Host.Experiments.Pictures;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Tcp.Segments;

namespace NetLab.Host.Flows.Traces;

/// <summary>
/// Reads a TCP connection out of a capture. Seen from where it was captured: a capture near the sender shows its round trips, one near the receiver
/// the receiver's. Where the capture has several interfaces the connection's first packet says which is looked at.
/// </summary>
internal sealed class CaptureTraceReader(int number)
{
    private const int MaxSegments = 1_000_000;

    private static readonly DecoderOptions Options = new() { HashStreams = false, DecodeBodies = false };

    // As the client of the connection has it.
    private readonly TraceBuilder _builder = new();
    private readonly List<LadderStep> _steps = [];
    private string? _interface;
    private bool _isFirst = true;
    private long? _begin;
    private string _client = "";
    private string _server = "";
    private long _leftOut;

    /// <summary>Reads it.</summary>
    /// <returns>How the reading ended, and the connection.</returns>
    /// <exception cref="UsageException">The capture has no such stream, or no times.</exception>
    public (int Exit, TracedConnection Connection) Read(CaptureInput capture, CancellationToken cancellationToken)
    {
        int exit = capture.Decode(
            Options,
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                Add(packet.Bytes, decoded);
                return true;
            },
            _ => { },
            cancellationToken);
        if (_steps.Count == 0)
        {
            throw new UsageException(_isFirst ? $"--stream {number}: '{capture.Path}' has no TCP stream of that number" : $"'{capture.Path}': its packets have no times");
        }

        bool fromClient = _builder.SentBytes >= _builder.ReceivedBytes;
        IReadOnlyList<Experiments.Networks.SegmentRecord> sent = fromClient ? _builder.Sent : _builder.Received;
        IReadOnlyList<Experiments.Networks.SegmentRecord> received = fromClient ? _builder.Received : _builder.Sent;
        var trace = new FlowTrace(fromClient ? $"from {_client}" : $"from {_server}") { Sent = sent, Received = received, Samples = _builder.SamplesOf(fromClient) };
        return (exit, new TracedConnection(_client, _server, trace, _steps, "a capture")
        {
            Notice = _leftOut > 0 ? $"of '{capture.Path}' the first {MaxSegments} segments of the stream are read, {_leftOut} are left out" : "",
        });
    }

    private void Add(ReadOnlySpan<byte> bytes, DecodedPacket decoded)
    {
        if (decoded.Session is not { } session || session.StreamNumber != number)
        {
            return;
        }

        _interface = _isFirst ? decoded.InterfaceName : _interface;
        _isFirst = false;
        if (decoded.InterfaceName != _interface || decoded.Time is not { } time || HeaderOf(bytes, decoded, out int payloadLength) is not { } header)
        {
            return;
        }

        if (_steps.Count == MaxSegments)
        {
            _leftOut++;
            return;
        }

        (_client, _server) = (session.Client.ToString(), session.Server.ToString());
        _begin ??= time;

        // Clocks are set back; a picture needs times that are not before its beginning.
        TimeSpan at = TimeSpan.FromMicroseconds(Math.Max(0, time - _begin.Value) / 1e3);
        Experiments.Networks.SegmentRecord record = _builder.Add(at, session.FromClient, header, payloadLength);
        _steps.Add(new LadderStep(at, null, session.FromClient, StepText.Of(record), false, record.IsRetransmission));
    }

    // The innermost segment, which is the one that the session is about.
    private static SegmentHeader? HeaderOf(ReadOnlySpan<byte> bytes, DecodedPacket decoded, out int payloadLength)
    {
        payloadLength = 0;
        for (int i = decoded.Entries.Length - 1; i >= 0; i--)
        {
            LayerEntry entry = decoded.Entries[i];
            if (entry.Protocol.Name == "tcp" && !entry.IsQuoted && entry.HeaderLength > 0)
            {
                ReadOnlySpan<byte> buffer = decoded.BufferOf(bytes, entry);
                payloadLength = Math.Max(0, entry.WireLength - entry.HeaderLength);
                return SegmentReader.TryReadHeader(buffer.Slice(entry.Offset, Math.Min(entry.HeaderLength, buffer.Length - entry.Offset)), out SegmentHeader header) ? header : null;
            }
        }

        return null;
    }
}
