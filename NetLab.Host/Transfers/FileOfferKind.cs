namespace NetLab.Host.Transfers;

/// <summary>What a <see cref="FileOffer"/> offers. The numbers are on the wire.</summary>
internal enum FileOfferKind : byte
{
    /// <summary>The bytes of one file.</summary>
    File = 1,

    /// <summary>A folder as a tar archive.</summary>
    Folder = 2,
}
