namespace NetLab.Osi.Decoding;

/// <summary>How far a batch of packets has come.</summary>
internal enum BatchStep
{
    /// <summary>It is to be filled.</summary>
    Empty,

    /// <summary>The headers of its packets were taken apart.</summary>
    Dissected,

    /// <summary>Their TCP streams were followed.</summary>
    Followed,
}
