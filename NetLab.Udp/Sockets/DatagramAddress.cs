using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace NetLab.Udp.Sockets;

/// <summary>
/// An IPv4 or IPv6 address with a UDP port, as a value: compared, hashed and copied without allocating,
/// which an <see cref="IPEndPoint"/> a datagram would not be.
/// </summary>
public readonly struct DatagramAddress : IEquatable<DatagramAddress>
{
    // An IPv4 address is held in its IPv4-mapped form (RFC 4291, 2.5.5.2): ::ffff:a.b.c.d.
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;

    private DatagramAddress(ulong high, ulong low, uint scope, ushort port)
    {
        _high = high;
        _low = low;
        _scope = scope;
        _port = port;
    }

    /// <summary>The UDP port, 0 to 65535.</summary>
    public int Port => _port;

    /// <summary>Whether this is an IPv4 address (also when a dual-stack socket reported it as mapped).</summary>
    public bool IsIPv4 => _high == 0 && (_low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>An IPv4 address from its 32 bits in host order.</summary>
    public static DatagramAddress FromIPv4(uint address, int port) => new(0, MappedPrefix | address, 0, checked((ushort)port));

    /// <summary>An IPv6 address from its 16 bytes in network order; an IPv4-mapped one is the IPv4 address.</summary>
    /// <param name="bytes">The address, at least 16 bytes.</param>
    /// <param name="scope">The zone, or 0.</param>
    /// <param name="port">The UDP port, 0 to 65535.</param>
    public static DatagramAddress FromIPv6(ReadOnlySpan<byte> bytes, uint scope, int port)
    {
        ulong high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        return new(high, low, scope, checked((ushort)port));
    }

    /// <summary>Takes over a socket endpoint.</summary>
    public static DatagramAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Span<byte> bytes = stackalloc byte[16];
        if (endPoint.AddressFamily == AddressFamily.InterNetwork)
        {
            endPoint.Address.TryWriteBytes(bytes, out _);
            return FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), endPoint.Port);
        }

        endPoint.Address.TryWriteBytes(bytes, out _);
        return FromIPv6(bytes, (uint)endPoint.Address.ScopeId, endPoint.Port);
    }

    /// <summary>Takes over what a receive call wrote.</summary>
    public static DatagramAddress From(SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return FromSockaddr(address.Family == AddressFamily.InterNetwork, address.Buffer.Span);
    }

    /// <summary>Takes over the bytes of a sockaddr_in or sockaddr_in6.</summary>
    internal static DatagramAddress FromSockaddr(bool isIPv4, ReadOnlySpan<byte> bytes)
    {
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return isIPv4
            ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), port)
            : FromIPv6(bytes.Slice(8, 16), BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]), port);
    }

    /// <summary>The same as a socket endpoint; IPv4 addresses come out as IPv4.</summary>
    public IPEndPoint ToIPEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteAddress(bytes);
        return IsIPv4
            ? new IPEndPoint(new IPAddress(bytes[12..]), _port)
            : new IPEndPoint(new IPAddress(bytes, _scope), _port);
    }

    /// <summary>Writes the address as 16 bytes of IPv6 in network order (IPv4 as mapped).</summary>
    /// <param name="destination">At least 16 bytes.</param>
    public void WriteAddress(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    /// <summary>A hash that is the same in every process, unlike <see cref="GetHashCode"/>: where results are to repeat.</summary>
    internal uint FlowHash
    {
        get
        {
            ulong mixed = (_high * 0x9E37_79B9_7F4A_7C15) ^ ((_low + _port) * 0xC2B2_AE3D_27D4_EB4F) ^ _scope;
            return (uint)(mixed >> 32) ^ (uint)mixed;
        }
    }

    /// <inheritdoc/>
    public bool Equals(DatagramAddress other) =>
        _low == other._low && _port == other._port && _high == other._high && _scope == other._scope;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DatagramAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _port, _scope);

    /// <inheritdoc/>
    public override string ToString() => ToIPEndPoint().ToString();

    /// <summary>Whether both address and port are equal.</summary>
    public static bool operator ==(DatagramAddress left, DatagramAddress right) => left.Equals(right);

    /// <summary>Whether address or port differ.</summary>
    public static bool operator !=(DatagramAddress left, DatagramAddress right) => !left.Equals(right);
}
