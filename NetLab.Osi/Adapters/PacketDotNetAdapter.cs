using System.Buffers.Binary;
using PacketDotNet;
using PacketDotNet.Lldp;
using PacketDotNet.Utils;

namespace NetLab.Osi.Adapters;

/// <summary>
/// The long tail of protocols, that are named here and taken apart by PacketDotNet where it can. The library throws on
/// hostile bytes, loops on some and writes into its caller's: so it gets a copy, whose lengths were walked before.
/// </summary>
internal static class PacketDotNetAdapter
{
    private const int OspfHeader = 24;
    private const int OspfHello = 44;
    private const int MaxBytes = 9000;

    /// <summary>A line of PacketDotNet's about bytes; null when it has none, or throws on them.</summary>
    public static string? Guarded(ReadOnlySpan<byte> bytes, Func<ReadOnlySpan<byte>, string?> line)
    {
        try
        {
            return bytes.Length <= MaxBytes ? line(bytes) : null;
        }
#pragma warning disable CA1031 // Whatever the library throws on bytes from a network, the answer is the same: nothing is said.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    public static string? Lldp(ReadOnlySpan<byte> bytes)
    {
        if (!LldpEnds(bytes))
        {
            return null;
        }

        var packet = new LldpPacket(new ByteArraySegment(bytes.ToArray()));
        return string.Join(", ", packet.TlvCollection.Where(t => t.Type != TlvType.EndOfLldpu).Select(t => t.ToString()?.Trim()));
    }

    // RFC 2328, A.3.1: version 2, and a length that the packet has.
    private static bool IsOspfV2(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < OspfHeader || bytes[0] != 2)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return length >= (bytes[1] == (int)OspfPacketType.Hello ? OspfHello : OspfHeader) && length <= bytes.Length;
    }

    public static string? Ospf(ReadOnlySpan<byte> bytes)
    {
        if (!IsOspfV2(bytes))
        {
            return null;
        }

        // What all of them begin with is read by the class of one, which takes any of them for its own.
        var type = (OspfPacketType)bytes[1];
        var packet = new OspfV2HelloPacket(bytes[..BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])].ToArray(), 0);
        string common = $"{type}, router {packet.RouterId}, area {packet.AreaId}";
        return type == OspfPacketType.Hello
            ? $"{common}, every {packet.HelloInterval} s, designated {packet.DesignatedRouterId}, backup {packet.BackupRouterId}, neighbours {string.Join(' ', packet.NeighborIds)}".TrimEnd()
            : common;
    }

    public static string? L2tp(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12)
        {
            return null;
        }

        var packet = new L2tpPacket(new ByteArraySegment(bytes.ToArray()), null);
        return $"version {packet.Version}, {(packet.DataMessage ? "data" : "control")}, tunnel {packet.TunnelId}, session {packet.SessionId}";
    }

    // IEEE 802.1AB, 8.1: seven bits of type, nine of length; type 0 ends.
    private static bool LldpEnds(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 2)
        {
            int length = ((bytes[0] & 1) << 8) | bytes[1];
            if (bytes[0] >> 1 == 0)
            {
                return length == 0;
            }

            if (2 + length > bytes.Length)
            {
                return false;
            }

            bytes = bytes[(2 + length)..];
        }

        return false;
    }
}
