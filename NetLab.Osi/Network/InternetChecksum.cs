using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>The Internet checksum (RFC 1071) and the pseudo-header of what IP carries (RFC 9293, 3.1; RFC 8200, 8.1).</summary>
internal static class InternetChecksum
{
    /// <summary>Whether bytes that hold their own checksum are right.</summary>
    public static bool IsRight(ReadOnlySpan<byte> bytes) => Fold(Sum(bytes)) == 0xFFFF;

    /// <summary>Whether the checksum of a layer that IP carries is right.</summary>
    /// <param name="view">The packet.</param>
    /// <param name="index">The layer.</param>
    /// <param name="protocol">Its protocol number.</param>
    public static bool IsRight(in PacketView view, int index, int protocol)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        return Fold(Sum(bytes) + PseudoHeader(view, index, protocol, bytes.Length)) == 0xFFFF;
    }

    /// <summary>
    /// Whether the checksum is only the sum of the pseudo-header: what a sender leaves for its network card to finish, seen
    /// when the capture was made before the card.
    /// </summary>
    private static bool IsPartial(in PacketView view, int index, int protocol, ushort checksum)
    {
        ulong sum = PseudoHeader(view, index, protocol, view[index].Length);
        return sum > 0 && Fold(sum) == checksum;
    }

    /// <summary>Judges the checksum of a layer that IP carries, all of which is there.</summary>
    /// <param name="view">The packet.</param>
    /// <param name="index">The layer.</param>
    /// <param name="protocol">Its protocol number.</param>
    /// <param name="checksum">The field's value.</param>
    public static ChecksumVerdict Judge(in PacketView view, int index, int protocol, ushort checksum) =>
        IsRight(view, index, protocol) ? ChecksumVerdict.Right : IsPartial(view, index, protocol, checksum) ? ChecksumVerdict.Partial : ChecksumVerdict.Wrong;

    /// <summary>Whether NetLab's TCP inside UDP is right: its pseudo-header has two addresses of zero.</summary>
    public static bool IsRightWithoutAddresses(ReadOnlySpan<byte> segment, int protocol) =>
        Fold(Sum(segment) + (ulong)protocol + (ulong)segment.Length) == 0xFFFF;

    /// <summary>The sum of bytes as 16-bit words in network order, not folded; an odd last byte counts as a high one.</summary>
    // Vectors are left out where code is compiled ahead of time, and code that is compiled in a hurry takes a hundred times as long: it is compiled well at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        // RFC 1071, 2 (B): the sum may be taken in the machine's byte order and swapped at the end. Words of four bytes are
        // added into lanes of eight, which hold 2^32 of them.
        ulong sum = 0;
        if (Vector256.IsHardwareAccelerated && bytes.Length >= 64)
        {
            Vector256<ulong> low = Vector256<ulong>.Zero;
            Vector256<ulong> high = Vector256<ulong>.Zero;
            ReadOnlySpan<Vector256<uint>> vectors = MemoryMarshal.Cast<byte, Vector256<uint>>(bytes);
            foreach (Vector256<uint> vector in vectors)
            {
                (Vector256<ulong> a, Vector256<ulong> b) = Vector256.Widen(vector);
                low += a;
                high += b;
            }

            sum = Vector256.Sum(low + high);
            bytes = bytes[(vectors.Length * 32)..];
        }

        while (bytes.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            bytes = bytes[2..];
        }

        sum += bytes.IsEmpty ? 0u : bytes[0];
        return BinaryPrimitives.ReverseEndianness(Fold(sum));
    }

    // RFC 8200, 8.1: with a routing header, the destination is that of the last hop.
    private static ReadOnlySpan<byte> FinalDestination(in PacketView view, int carrier, int index)
    {
        for (int i = carrier + 1; i < index; i++)
        {
            ReadOnlySpan<byte> header = view.BytesOf(i)[..view[i].HeaderLength];
            if (view[i].Protocol != Ipv6Extensions.Routing || header.Length < 24 || header[3] == 0)
            {
                continue;
            }

            // Types 0 and 2 end with the last hop (RFC 2460, 4.4; RFC 6275, 6.4); segment routing begins with it (RFC 8754, 2).
            if (header[2] is 0 or 2)
            {
                return header[^16..];
            }

            if (header[2] == 4)
            {
                return header.Slice(8, 16);
            }
        }

        return view.BytesOf(carrier).Slice(24, 16);
    }

    // The two words of an IPv4 address.
    private static ulong Words(ReadOnlySpan<byte> address) => (ulong)BinaryPrimitives.ReadUInt16BigEndian(address) + BinaryPrimitives.ReadUInt16BigEndian(address[2..]);

    public static ushort Fold(ulong sum)
    {
        // Without branches: each step at least halves the bits above the sixteenth.
        sum = (sum >> 32) + (uint)sum;
        sum = (sum >> 16) + (ushort)sum;
        sum = (sum >> 16) + (ushort)sum;
        return (ushort)((sum >> 16) + (ushort)sum);
    }

    private static ulong PseudoHeader(in PacketView view, int index, int protocol, int length)
    {
        ulong sum = (ulong)protocol + (ulong)length;
        int carrier = view.Decoded.CarrierOf(index);
        if (carrier < 0)
        {
            return sum;
        }

        if (view[carrier].Protocol == Ipv4Protocol.Value)
        {
            ReadOnlySpan<byte> header = view.BytesOf(carrier)[..view[carrier].HeaderLength];
            return sum + Words(header[12..]) + Words(FinalDestination(header));
        }

        return view[carrier].Protocol == Ipv6Protocol.Value ? sum + Sum(HomeAddress(view, carrier, index)) + Sum(FinalDestination(view, carrier, index)) : sum;
    }

    // RFC 1122, 4.1.3.5 and 4.2.3.8: with a source route that has hops left, the destination is the route's last address.
    private static ReadOnlySpan<byte> FinalDestination(ReadOnlySpan<byte> header)
    {
        const int LooseRoute = 131;
        const int StrictRoute = 137;
        int at = Ipv4Header.MinSize;
        while (at < header.Length && header[at] != 0)
        {
            int length = header[at] == 1 ? 1 : at + 1 < header.Length ? header[at + 1] : 0;
            if (length == 0 || at + length > header.Length)
            {
                break;
            }

            if (header[at] is LooseRoute or StrictRoute && length >= 7)
            {
                // The pointer counts from 1; behind the last address the route is used up.
                return header[at + 2] + 3 <= length ? header.Slice(at + length - 4, 4) : header.Slice(16, 4);
            }

            at += length;
        }

        return header.Slice(16, 4);
    }

    // RFC 6275, 6.3 and 11.3.1: a mobile node away from home says its home address in an option, and sums with that.
    private static ReadOnlySpan<byte> HomeAddress(in PacketView view, int carrier, int index)
    {
        const int HomeAddressOption = 201;
        for (int i = carrier + 1; i < index; i++)
        {
            ReadOnlySpan<byte> header = view.BytesOf(i)[..view[i].HeaderLength];
            if (view[i].Protocol != Ipv6Extensions.DestinationOptions)
            {
                continue;
            }

            int at = 2;
            while (at + 1 < header.Length)
            {
                if (header[at] == HomeAddressOption && header[at + 1] == 16 && at + 18 <= header.Length)
                {
                    return header.Slice(at + 2, 16);
                }

                at += header[at] == 0 ? 1 : 2 + header[at + 1];
            }
        }

        return view.BytesOf(carrier).Slice(8, 16);
    }
}
