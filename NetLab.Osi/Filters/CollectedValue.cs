namespace NetLab.Osi.Filters;

/// <summary>A value of a field of a packet. It refers to no object, so that keeping it costs a copy and nothing more.</summary>
/// <param name="Number">The number; of a number with a fraction its bits.</param>
/// <param name="Start">Where its bytes begin among the collector's.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Layer">The index of the packet's layer that told it.</param>
/// <param name="Slot">The slot of the field that told it.</param>
internal readonly record struct CollectedValue(long Number, int Start, int Length, int Layer, int Slot);
