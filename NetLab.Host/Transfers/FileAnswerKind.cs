namespace NetLab.Host.Transfers;

/// <summary>What a receiver answers. The numbers are on the wire.</summary>
internal enum FileAnswerKind : byte
{
    /// <summary>At the end: what arrived is not what was sent.</summary>
    Damaged = 0,

    /// <summary>At the end: what arrived is what was sent.</summary>
    Intact = 1,

    /// <summary>To an offer: send it.</summary>
    Accepted = 2,

    /// <summary>To an offer, or while it comes: it will not be kept, and why.</summary>
    Refused = 3,
}
