namespace NetLab.Osi.Indexing;

/// <summary>How an object of a decoder's memory is copied.</summary>
internal enum StateKind
{
    /// <summary>Nobody changes it: the copy refers to the same one.</summary>
    Shared,

    /// <summary>Field by field.</summary>
    Fields,

    /// <summary>Element by element.</summary>
    Array,

    /// <summary>It knows how itself, because it holds something of the system's.</summary>
    Cloneable,

    /// <summary>A function, with the object that it belongs to.</summary>
    Function,

    /// <summary>Not at all.</summary>
    Refused,
}
