using System.Buffers.Binary;

namespace NetLab.Osi.Model;

/// <summary>
/// An address as a number of 128 bits, so that it can be a key. It is not <see cref="UInt128"/>: what holds one of those is left out when
/// a program is compiled ahead of time, and costs a third of the start of a small decode.
/// </summary>
/// <param name="High">The upper half.</param>
/// <param name="Low">The lower half.</param>
internal readonly record struct AddressNumber(ulong High, ulong Low) : IComparable<AddressNumber>
{
    /// <summary>Reads 16 bytes.</summary>
    public static AddressNumber Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes 16 bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <inheritdoc/>
    public int CompareTo(AddressNumber other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(High, Low);
}
