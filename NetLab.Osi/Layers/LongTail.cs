using System.Buffers.Binary;
using PacketDotNet;
using PacketDotNet.Lldp;
using PacketDotNet.Utils;

namespace NetLab.Osi.Layers;

/// <summary>
/// The long tail of protocols, that are named here and taken apart by PacketDotNet where it can. The library throws on
/// hostile bytes, loops on some and writes into its caller's: so it gets a copy, whose lengths were walked before.
/// </summary>
internal static class LongTail
{
    public const int L2tpPort = 1701;

    private const int RtpHeader = 12;
    private const int OspfHeader = 24;
    private const int OspfHello = 44;
    private const int MaxBytes = 9000;
    private const int MagicPacketSize = 6 + (16 * 6);

    public static void Dissect(in Dissection dissection, ProtocolId protocol, OsiLayer layer, int offset, int end)
    {
        if (end > offset)
        {
            dissection.Add(protocol, layer, offset, end - offset, end);
        }
        else
        {
            dissection.Short(layer, ProtocolNames.Of(protocol), offset, 1, end);
        }
    }

    /// <summary>Six bytes of 255 and sixteen times the same address (AMD, Magic Packet Technology).</summary>
    public static bool IsMagicPacket(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < MagicPacketSize || bytes[..6].IndexOfAnyExcept((byte)0xFF) >= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> address = bytes.Slice(6, 6);
        for (int i = 1; i < 16; i++)
        {
            if (!bytes.Slice(6 + (6 * i), 6).SequenceEqual(address))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Version 2, as long as its header says (RFC 3550, 5.1), and no RTCP on the same port (RFC 5761, 4).</summary>
    public static bool IsRtp(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < RtpHeader || bytes[0] >> 6 != 2 || bytes[1] is >= 192 and <= 223)
        {
            return false;
        }

        int length = RtpHeader + (4 * (bytes[0] & 0xF));
        bool hasExtension = (bytes[0] & 0x10) != 0;
        return bytes.Length >= length && (!hasExtension || (bytes.Length >= length + 4
            && bytes.Length >= length + 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(bytes[(length + 2)..]))));
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        LayerEntry entry = view[index];
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        if (bytes.Length <= MaxBytes && TextOf(entry.Protocol, bytes) is { Length: > 0 } text)
        {
            sink.Text("summary"u8, text, entry.Offset, entry.Length);
        }
    }

    private static string? TextOf(ProtocolId protocol, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return protocol switch
            {
                ProtocolId.Lldp when LldpEnds(bytes) => Lldp(bytes.ToArray()),
                ProtocolId.WakeOnLan when IsMagicPacket(bytes) => new WakeOnLanPacket(new ByteArraySegment(bytes.ToArray())).DestinationAddress.ToString(),
                ProtocolId.L2tp when bytes.Length >= 12 => L2tp(bytes),
                ProtocolId.Rtp when IsRtp(bytes) => Rtp(bytes.ToArray()),
                ProtocolId.Ospf when IsOspfV2(bytes) => Ospf(bytes.ToArray()),
                _ => null,
            };
        }
#pragma warning disable CA1031 // Whatever the library throws on bytes from a network, the answer is the same: nothing is said.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private static string Lldp(byte[] bytes)
    {
        var packet = new LldpPacket(new ByteArraySegment(bytes));
        return string.Join(", ", packet.TlvCollection.Where(t => t.Type != TlvType.EndOfLldpu).Select(t => t.ToString()?.Trim()));
    }

    private static string Rtp(byte[] bytes)
    {
        var packet = new RtpPacket(new ByteArraySegment(bytes), null);
        return $"payload type {packet.PayloadType}{(packet.Marker ? ", marked" : "")}, sequence {packet.SequenceNumber}, timestamp {packet.Timestamp}, source 0x{packet.SsrcIdentifier:x8}";
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

    private static string Ospf(byte[] bytes)
    {
        // What all of them begin with is read by the class of one, which takes any of them for its own.
        var type = (OspfPacketType)bytes[1];
        var packet = new OspfV2HelloPacket(bytes[..BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2))], 0);
        string common = $"{type}, router {packet.RouterId}, area {packet.AreaId}";
        return type == OspfPacketType.Hello
            ? $"{common}, every {packet.HelloInterval} s, designated {packet.DesignatedRouterId}, backup {packet.BackupRouterId}, neighbours {string.Join(' ', packet.NeighborIds)}".TrimEnd()
            : common;
    }

    private static string L2tp(ReadOnlySpan<byte> bytes)
    {
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
