namespace NetLab.Osi.Layers;

/// <summary>Where and why decoding went no further.</summary>
/// <param name="Layer">The layer whose bytes could not be taken apart.</param>
/// <param name="Reason">What kind of obstacle it was.</param>
/// <param name="Offset">Where in the packet.</param>
/// <param name="Needed">Bytes needed there.</param>
/// <param name="Available">Bytes there were.</param>
/// <param name="What">The protocol, or the number of one that is not known.</param>
public sealed record DecodeStop(OsiLayer Layer, DecodeStopReason Reason, int Offset, int Needed, int Available, string What)
{
    /// <inheritdoc/>
    public override string ToString() => Reason switch
    {
        DecodeStopReason.CutByCapture => $"cut by the capture: {What} at byte {Offset} needs {Needed} bytes, {Available} were captured",
        DecodeStopReason.BadLength => $"a length that lies: {What} at byte {Offset} claims {Needed} bytes, {Available} are there",
        DecodeStopReason.UnknownProtocol => $"a protocol not known: {What} at byte {Offset}",
        _ => $"malformed: {What} at byte {Offset}",
    };
}
