namespace NetLab.Osi.Indexing;

/// <summary>What an index notes of a packet beside numbers.</summary>
[Flags]
internal enum PacketTraits : byte
{
    None = 0,

    /// <summary>The capture says when it was seen.</summary>
    HasTime = 1,

    /// <summary>Its bytes stand in the index's own file, for the capture's cannot be read again.</summary>
    IsSpooled = 2,

    /// <summary>It is a fragment of an IP datagram.</summary>
    IsFragment = 4,

    /// <summary>Decoding stopped before its end.</summary>
    IsStopped = 8,

    /// <summary>The end that opened its conversation sent it, as far as was known by then.</summary>
    FromFirst = 16,

    /// <summary>The capture holds a note on it.</summary>
    HasComment = 32,
}
