using System.Buffers.Binary;
using NetLab.Osi.Model;

namespace NetLab.Osi.Network;

/// <summary>IP addresses as numbers, so that they can be keys. IPv4 stands in the block of IPv4-mapped ones (RFC 4291, 2.5.5.2).</summary>
internal static class Addresses
{
    private const ulong MappedPrefix = 0xFFFF_0000_0000;

    public static AddressNumber Read(ReadOnlySpan<byte> address) => address.Length == 4
        ? new AddressNumber(0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(address))
        : AddressNumber.Read(address);

    /// <summary>Writes an address back.</summary>
    /// <returns>4 or 16.</returns>
    public static int Write(AddressNumber address, bool isV4, Span<byte> bytes)
    {
        if (isV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)address.Low);
            return 4;
        }

        address.Write(bytes);
        return 16;
    }
}
