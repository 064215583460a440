using System.Reflection;

namespace NetLab.Osi.Indexing;

/// <summary>How objects of a type are copied.</summary>
/// <param name="Kind">How.</param>
/// <param name="References">Its fields that refer to other objects, or hold structures that do.</param>
/// <param name="ElementBytes">Of an array, about how many bytes an element takes.</param>
/// <param name="HoldsReferences">Whether anything in it refers to other objects.</param>
internal sealed record StatePlan(StateKind Kind, FieldInfo[] References, int ElementBytes, bool HoldsReferences)
{
    /// <summary>The plan of what nobody changes.</summary>
    public static readonly StatePlan Shared = new(StateKind.Shared, [], 0, false);

    /// <summary>The plan of what cannot be copied.</summary>
    public static readonly StatePlan Refused = new(StateKind.Refused, [], 0, false);
}
