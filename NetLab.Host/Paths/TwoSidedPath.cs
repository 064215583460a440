using System.Globalization;
using System.IO.Hashing;
using NetLab.Osi.Captures;
using NetLab.Osi.Protocols;
using NetLab.Udp.Links.Paths;
using NetLab.Udp.Time;

namespace NetLab.Host.Paths;

/// <summary>
/// A path by what was seen at both of its ends by one clock: a datagram that comes into sight at one place was sent there, and has arrived
/// when the same bytes come into sight at the other. What lies above IP is compared, and of TCP all but ports and checksum, so that neither
/// a relay nor a translation of addresses between the two matters.
/// </summary>
internal sealed class TwoSidedPath
{
    private const int MaxSightings = 4_000_000;

    // What has not come by then never does; the same bytes later were sent again.
    private const long MaxDelay = 10_000_000_000;

    // Two places of one path see most of what passes; by chance alone next to nothing is the same.
    private const double LeastShare = 0.2;

    private readonly Dictionary<CaptureInterface, int> _places = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _names = [];
    private readonly Dictionary<UInt128, Queue<Sighting>> _awaited = [];
    private readonly Dictionary<UInt128, int> _firstPlaces = [];
    private readonly List<Sighting> _sightings = [];

    /// <summary>Packets beyond the most that are kept.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Takes a packet.</summary>
    public void Add(in CapturedPacket packet, DecodedPacket decoded)
    {
        if (packet.Time is not { } time || KeyOf(packet.Bytes, decoded, out int bytes) is not { } key)
        {
            return;
        }

        if (!_places.TryGetValue(packet.Source, out int place))
        {
            _places.Add(packet.Source, place = _places.Count);
            _names.Add(packet.Source.Name ?? string.Create(CultureInfo.InvariantCulture, $"interface {place + 1}"));
        }

        if (_awaited.TryGetValue(key, out Queue<Sighting>? waiting))
        {
            while (waiting.TryPeek(out Sighting? old) && time - old.Time > MaxDelay)
            {
                waiting.Dequeue();
            }
        }

        if (waiting is not null && waiting.TryPeek(out Sighting? first) && first.Place != place)
        {
            waiting.Dequeue();
            (first.ArrivedAt, first.ArrivedPlace) = (time, place);
            if (waiting.Count == 0)
            {
                _awaited.Remove(key);
            }

            return;
        }

        // Seen again where it has arrived: the network has made a copy.
        if (_firstPlaces.TryGetValue(key, out int sender) && sender != place)
        {
            return;
        }

        if (_sightings.Count >= MaxSightings)
        {
            LeftOut++;
            return;
        }

        var sighting = new Sighting(time, bytes, place);
        _firstPlaces[key] = place;
        _sightings.Add(sighting);
        if (waiting is null)
        {
            _awaited[key] = waiting = new Queue<Sighting>();
        }

        waiting.Enqueue(sighting);
    }

    /// <summary>The path between the two places that have most in common; null if no two are ends of one.</summary>
    /// <param name="seed">The seed with which it is to be played.</param>
    public CapturedPath? Build(ulong seed)
    {
        var pairs = _sightings.Where(s => s.ArrivedPlace >= 0)
            .GroupBy(s => (Low: Math.Min(s.Place, s.ArrivedPlace), High: Math.Max(s.Place, s.ArrivedPlace)))
            .Select(group => (group.Key.Low, group.Key.High, Count: group.Count()))
            .OrderByDescending(pair => pair.Count).ToList();
        if (pairs.Count == 0)
        {
            return null;
        }

        (int low, int high, int both) = pairs[0];
        Sighting[] seen = [.. _sightings.Where(s => (s.Place == low || s.Place == high) && (s.ArrivedPlace < 0 || s.ArrivedPlace == low || s.ArrivedPlace == high))];
        if (both < LeastShare * seen.Length)
        {
            return null;
        }

        // The client is who sends first.
        int client = seen[0].Place;
        int server = client == low ? high : low;
        (PathRecorder up, PathRecorder down) = (new PathRecorder(), new PathRecorder());
        foreach (Sighting sighting in seen.OrderBy(s => s.Time))
        {
            TimeSpan? delay = sighting.ArrivedAt is { } arrived ? TimeSpan.FromTicks(Math.Max(0, arrived - sighting.Time) / TimeSpan.NanosecondsPerTick) : null;
            (sighting.Place == client ? up : down).Add(new Instant(sighting.Time / TimeSpan.NanosecondsPerTick), sighting.Bytes, delay);
        }

        List<string> notes =
        [
            $"seen at both ends, '{_names[client]}' and '{_names[server]}', taken as one clock: up is from the first to the second",
            Note("up", up),
            Note("down", down),
        ];
        if (pairs.Count > 1)
        {
            notes.Add($"other pairs of places have less in common and are left out: {string.Join("; ", pairs.Skip(1).Take(4).Select(p => $"'{_names[p.Low]}' and '{_names[p.High]}'"))}");
        }

        if (LeftOut > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"the last {LeftOut} packets are left out: it takes {MaxSightings}"));
        }

        return new CapturedPath(new RecordedPath(up.Build("up"), down.Build("down"), seed), notes);
    }

    private static string Note(string direction, PathRecorder recorder) => recorder.Entered == 0
        ? $"{direction}: nothing was sent, so nothing is known"
        : string.Create(CultureInfo.InvariantCulture, $"{direction}: {recorder.Entered} datagrams, {recorder.Lost} of them lost");

    // What makes a datagram the same at both places; null for what has no transport.
    private static UInt128? KeyOf(ReadOnlySpan<byte> packet, DecodedPacket decoded, out int bytes)
    {
        bytes = 0;
        foreach (ref readonly LayerEntry entry in decoded.Entries)
        {
            if (entry.IsQuoted || entry.Protocol.Name is not ("udp" or "tcp"))
            {
                continue;
            }

            ReadOnlySpan<byte> buffer = decoded.BufferOf(packet, entry)[entry.Offset..];
            buffer = buffer[..Math.Min(buffer.Length, entry.Length)];
            bytes = entry.WireLength + 20;
            if (entry.Protocol.Name == "udp")
            {
                return buffer.Length >= 8 ? XxHash128.HashToUInt128(buffer[8..], entry.WireLength) : null;
            }

            if (buffer.Length < 20)
            {
                return null;
            }

            var hash = new XxHash128(entry.WireLength);
            hash.Append(buffer[4..16]);
            hash.Append(buffer[18..]);
            return hash.GetCurrentHashAsUInt128();
        }

        return null;
    }
}
