using System.Buffers.Binary;
using NetLab.Tcp.Connections;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Endpoints;

/// <summary>
/// Makes numbers that outsiders cannot guess out of one secret drawn elsewhere: initial sequence numbers (RFC 6528),
/// ephemeral ports (RFC 6056), timestamp offsets (RFC 7323, 5.4).
/// </summary>
/// <param name="key0">One half of the secret.</param>
/// <param name="key1">The other half.</param>
internal sealed class EndpointSecrets(ulong key0, ulong key1)
{
    // RFC 6335, 6: the dynamic ports.
    private const int FirstPort = 49_152;
    private const int PortCount = 65_536 - FirstPort;

    private readonly SipHash _hash = new(key0, key1);

    /// <summary>Where every connection's numbers begin, for an experiment that wants to see them cross 2^32; null to draw them.</summary>
    public uint? InitialSequence { get; init; }

    private enum Purpose : byte
    {
        Sequence = 1,
        Timestamp = 2,
        Port = 3,
        Cookie = 4,
        Budget = 5,
    }

    /// <summary>What a new connection needs.</summary>
    public ConnectionIdentity IdentityFor(Instant now, in ConnectionKey key)
    {
        // RFC 6528, 3: M + F(4-tuple, secret), where M ticks every 4 µs: unpredictable to others, and rising for the
        // same 4-tuple, so that an old segment is never taken for one of a new connection.
        uint clock = (uint)(now.Ticks / (4 * TimeSpan.TicksPerMicrosecond));
        uint sequence = unchecked(clock + (uint)Hash(key, Purpose.Sequence, 0));
        return new ConnectionIdentity(key.LocalPort, key.RemotePort, new SequenceNumber(InitialSequence ?? sequence), (uint)Hash(key, Purpose.Timestamp, 0));
    }

    /// <summary>
    /// The port to try for a new connection at the given attempt (RFC 6056, 3.3.3: where the ports of a peer begin, nobody can
    /// guess; from there they are gone through in turn, so that one that was just used, and that the peer may still remember,
    /// comes again as late as possible).
    /// </summary>
    public ushort EphemeralPort(in ConnectionKey key, long attempt) =>
        (ushort)(FirstPort + (int)((Hash(key, Purpose.Port, 0) + (ulong)attempt) % PortCount));

    /// <summary>What proves that a cookie is ours (RFC 4987, 3.6).</summary>
    public ulong CookieHash(in ConnectionKey key, SequenceNumber peerInitial, long counter, int segmentSizeIndex) =>
        Hash(key, Purpose.Cookie, unchecked(((long)peerInitial.Value << 32) ^ (counter << 3) ^ segmentSizeIndex));

    /// <summary>A number for a moment and a purpose of its own, the same for the same arguments.</summary>
    public ulong Draw(long moment, long salt)
    {
        Span<byte> message = stackalloc byte[32];
        message.Clear();
        BinaryPrimitives.WriteInt64BigEndian(message, moment);
        message[22] = (byte)Purpose.Budget;
        BinaryPrimitives.WriteInt64BigEndian(message[24..], salt);
        return _hash.Hash(message);
    }

    /// <summary>Our timestamp clock for a peer (RFC 7323, 5.4).</summary>
    public uint TimestampAt(Instant now, in ConnectionKey key) =>
        unchecked((uint)Hash(key, Purpose.Timestamp, 0) + (uint)(now.Ticks / TimeSpan.TicksPerMillisecond));

    private ulong Hash(in ConnectionKey key, Purpose purpose, long salt)
    {
        Span<byte> message = stackalloc byte[32];
        key.Peer.WriteAddress(message);
        BinaryPrimitives.WriteUInt16BigEndian(message[16..], (ushort)key.Peer.Port);
        BinaryPrimitives.WriteUInt16BigEndian(message[18..], key.RemotePort);
        BinaryPrimitives.WriteUInt16BigEndian(message[20..], key.LocalPort);
        message[22] = (byte)purpose;
        message[23] = 0;
        BinaryPrimitives.WriteInt64BigEndian(message[24..], salt);
        return _hash.Hash(message);
    }
}
