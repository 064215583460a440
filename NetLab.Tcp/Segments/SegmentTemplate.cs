using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace NetLab.Tcp.Segments;

/// <summary>
/// The header of segments that differ in nothing but their sequence number and their payload's bytes: written once, and put before
/// each payload by a copy and a few additions.
/// </summary>
internal ref struct SegmentTemplate
{
    private const int SequenceAt = 4;
    private const int ChecksumAt = 16;

    // With timestamps and nothing else.
    private const int UsualSize = 32;

    private readonly Span<byte> _header;
    private readonly ulong _sum;
    private readonly int _length;

    /// <summary>Writes the header.</summary>
    /// <param name="header">What all of them say; the sequence number does not matter.</param>
    /// <param name="payloadLength">Bytes of payload of each.</param>
    /// <param name="buffer">Where it is kept; at least <see cref="SegmentHeader.MaxSize"/> bytes.</param>
    public SegmentTemplate(in SegmentHeader header, int payloadLength, Span<byte> buffer)
    {
        Size = SegmentWriter.SizeOf(header.Options);
        _header = buffer[..Size];
        SegmentWriter.Write(_header, header with { Sequence = default });
        _header.Slice(ChecksumAt, 2).Clear();
        _sum = InternetChecksum.Sum(_header, 0);
        _length = Size + payloadLength;
    }

    /// <summary>Bytes of the header.</summary>
    public int Size { get; }

    /// <summary>Writes the header before a payload.</summary>
    /// <param name="segment">Room for the header, with the payload behind it.</param>
    /// <param name="sequence">SEG.SEQ.</param>
    /// <param name="payloadSum">The payload's sum, by <see cref="InternetChecksum.CopyAndSum"/>.</param>
    public readonly void Write(Span<byte> segment, SequenceNumber sequence, ulong payloadSum)
    {
        if (Size == UsualSize)
        {
            // One load and one store, where a copy of any length is a call.
            Vector256.Create<byte>(_header).CopyTo(segment);
        }
        else
        {
            _header.CopyTo(segment);
        }

        BinaryPrimitives.WriteUInt32BigEndian(segment[SequenceAt..], sequence.Value);
        uint asSummed = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(sequence.Value) : sequence.Value;
        BinaryPrimitives.WriteUInt16BigEndian(segment[ChecksumAt..], InternetChecksum.OfParts(_sum + asSummed + payloadSum, _length));
    }
}
