namespace NetLab.Osi.Statistics;

/// <summary>By what the rows of a table are put in order; what is counted largest first, the others smallest first.</summary>
public enum TrafficOrder
{
    /// <summary>Bytes of both directions.</summary>
    Bytes,

    /// <summary>Packets of both directions.</summary>
    Packets,

    /// <summary>Bytes that the first end sent.</summary>
    Sent,

    /// <summary>Bytes that the first end received.</summary>
    Received,

    /// <summary>How long it lasted.</summary>
    Duration,

    /// <summary>When it began, the earliest first.</summary>
    Start,

    /// <summary>The first end's address, as text.</summary>
    Address,
}
