namespace NetLab.Tcp.Segments;

/// <summary>
/// A sequence number on the wire: 32 bits, modulo 2^32 (RFC 9293, 3.4). It has no order, only distances: of two numbers
/// each can be "before" the other. Inside the machine the same position is a 64-bit stream offset that never wraps;
/// <see cref="Wrap"/> and <see cref="Unwrap"/> are the only way between the two.
/// </summary>
/// <param name="Value">The 32 bits.</param>
public readonly record struct SequenceNumber(uint Value)
{
    /// <summary>The number at a stream offset.</summary>
    /// <param name="offset">Offset from the initial sequence number, which is at 0.</param>
    /// <param name="initial">The initial sequence number of the direction.</param>
    public static SequenceNumber Wrap(long offset, SequenceNumber initial) => new(unchecked(initial.Value + (uint)offset));

    /// <summary>The stream offset of this number that is closest to a known one.</summary>
    /// <param name="initial">The initial sequence number of the direction.</param>
    /// <param name="checkpoint">An offset known to be within 2^31 of the answer, such as the next expected one.</param>
    /// <returns>
    /// The closest offset; of two that are exactly 2^31 away, the lower one. It is negative for numbers before the
    /// start of the stream.
    /// </returns>
    public long Unwrap(SequenceNumber initial, long checkpoint) =>
        unchecked(checkpoint + DistanceFrom(Wrap(checkpoint, initial)));

    /// <summary>How far ahead of another number this one is on the circle: -2^31 to 2^31-1.</summary>
    /// <remarks>A distance of exactly half the circle counts as behind, whichever way it is asked.</remarks>
    public int DistanceFrom(SequenceNumber other) => unchecked((int)(Value - other.Value));

    /// <summary>The number a distance further on.</summary>
    public SequenceNumber Add(int distance) => new(unchecked(Value + (uint)distance));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
