namespace NetLab.Host.Names;

/// <summary>The ways a question to a zone ends (RFC 1034, 4.3.2).</summary>
internal enum LookupKind
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>The name is another's alias.</summary>
    Alias,

    /// <summary>The name is there, and has none of this type.</summary>
    NoData,

    /// <summary>There is no such name.</summary>
    NoName,

    /// <summary>Another authority knows.</summary>
    Delegation,
}
