namespace NetLab.Osi.Transport;

/// <summary>Where a fragment of a user message stands.</summary>
/// <param name="Flow">Both ends of the association.</param>
/// <param name="FromLow">Which of them sends it.</param>
/// <param name="Tag">Verification tag: a new association between the same ends has another.</param>
/// <param name="Message">0 where transmission sequence numbers alone order fragments; else the message that it belongs to (RFC 8260, 2.1).</param>
/// <param name="Number">Transmission sequence number, or the number of the fragment in its message.</param>
internal readonly record struct SctpFragmentKey(FlowKey Flow, bool FromLow, uint Tag, ulong Message, uint Number)
{
    /// <summary>The place of another fragment in the same order.</summary>
    public SctpFragmentKey At(uint number) => this with { Number = number };
}
