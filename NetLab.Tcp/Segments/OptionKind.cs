namespace NetLab.Tcp.Segments;

/// <summary>Option kinds of TCP (IANA, Transmission Control Protocol parameters).</summary>
internal enum OptionKind
{
    End = 0,
    NoOperation = 1,
    MaxSegmentSize = 2,
    WindowScale = 3,
    SackPermitted = 4,
    Sack = 5,
    Timestamps = 8,
    AccurateEcn0 = 172,
    AccurateEcn1 = 174,
}
