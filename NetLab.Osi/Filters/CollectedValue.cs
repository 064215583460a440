using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>A value of a field of a packet.</summary>
/// <param name="Number">The number; of a <see cref="FieldKind.Real"/> its bits.</param>
/// <param name="Start">Where its bytes begin among the collector's.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Layer">The index of the packet's layer that told it.</param>
/// <param name="Field">The field that told it.</param>
internal readonly record struct CollectedValue(long Number, int Start, int Length, int Layer, Field Field);
