namespace NetLab.Osi.Filters;

/// <summary>A value of a field of a packet. It refers to no object, and is written where it is kept: to make one and copy it would wait for its parts to be stored.</summary>
/// <param name="Number">The number; of a number with a fraction its bits.</param>
/// <param name="Start">Where its bytes begin among the collector's.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Layer">The index of the packet's layer that told it.</param>
/// <param name="Slot">The slot of the field that told it.</param>
internal record struct CollectedValue(long Number, int Start, int Length, int Layer, int Slot);
