using NetLab.Host.Captures;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Tcp.Simulation.Drill.Recording;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Drills;

/// <summary>Takes a TCP connection out of a capture.</summary>
/// <param name="number">The connection's number as decode shows it.</param>
internal sealed class RecordedConnection(int number)
{
    // A script of more is no test that anybody would read.
    private const int MaxSegments = 50_000;

    private readonly List<RecordedSegment> _segments = [];
    private long? _start;

    /// <summary>Whether there was more than a script can have.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Reads its segments.</summary>
    /// <exception cref="InvalidDataException">There is no such connection.</exception>
    public IReadOnlyList<RecordedSegment> Read(CaptureInput capture, CancellationToken cancellationToken)
    {
        capture.Decode(
            new DecoderOptions { HashStreams = false, DecodeBodies = false },
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                if (decoded.Session is { } session && session.StreamNumber == number)
                {
                    Add(packet.Bytes, decoded, session);
                }

                return true;
            },
            _ => { },
            cancellationToken);
        return _segments.Count > 0 ? _segments : throw new InvalidDataException($"{capture.Path}: there is no TCP stream {number}");
    }

    private void Add(ReadOnlySpan<byte> bytes, DecodedPacket decoded, TcpSegmentFacts session)
    {
        if (_segments.Count >= MaxSegments)
        {
            IsCut = true;
            return;
        }

        EcnCodepoint ecn = EcnCodepoint.NotEct;
        foreach (ref readonly LayerEntry entry in decoded.Entries)
        {
            if (entry.IsQuoted)
            {
                continue;
            }

            ReadOnlySpan<byte> buffer = decoded.BufferOf(bytes, entry)[entry.Offset..];
            switch (entry.Protocol.Name)
            {
                case "ip":
                    ecn = (EcnCodepoint)(buffer[1] & 3);
                    break;
                case "ipv6":
                    ecn = (EcnCodepoint)((buffer[1] >> 4) & 3);
                    break;
                case "tcp":
                    _start ??= decoded.Time;
                    var at = TimeSpan.FromTicks(((decoded.Time ?? _start ?? 0) - (_start ?? 0)) / TimeSpan.NanosecondsPerTick);
                    _segments.Add(new RecordedSegment(at < TimeSpan.Zero ? TimeSpan.Zero : at, session.FromClient, buffer[..entry.HeaderLength].ToArray(), entry.WireLength - entry.HeaderLength, ecn));
                    return;
                default:
                    break;
            }
        }
    }
}
