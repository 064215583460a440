namespace NetLab.Osi.Model;

/// <summary>Why decoding stopped: three different facts, and a fourth for bytes that follow no rule.</summary>
public enum DecodeStopReason
{
    /// <summary>The capture holds fewer bytes than the packet had.</summary>
    CutByCapture,

    /// <summary>A length field contradicts the bytes that are there.</summary>
    BadLength,

    /// <summary>No dissector knows what comes next.</summary>
    UnknownProtocol,

    /// <summary>The bytes are not what the protocol allows.</summary>
    Malformed,
}
