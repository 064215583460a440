namespace NetLab.Osi.Model;

/// <summary>Where and why decoding went no further.</summary>
/// <param name="Layer">The layer whose bytes could not be taken apart.</param>
/// <param name="Reason">What kind of obstacle it was.</param>
/// <param name="Offset">Where in the buffer it was read from.</param>
/// <param name="Needed">Bytes needed there.</param>
/// <param name="Available">Bytes there were.</param>
/// <param name="What">The header or the length field that says how many are needed, or the kind of number that is not known.</param>
/// <param name="Number">The number that is not known or not allowed; null if there is none.</param>
/// <param name="Name">What the number stands for, where it is assigned though nothing here takes it apart; else null.</param>
public readonly record struct DecodeStop(
    OsiLayer Layer, DecodeStopReason Reason, int Offset, int Needed, int Available, string What, long? Number = null, string? Name = null)
{
    /// <inheritdoc/>
    public override string ToString() => Reason switch
    {
        DecodeStopReason.CutByCapture => $"cut by the capture: {What} at byte {Offset} needs {Needed} bytes, {Available} were captured",
        DecodeStopReason.BadLength => $"a length that lies: {What} at byte {Offset} needs {Needed} bytes, {Available} are there",
        DecodeStopReason.UnknownProtocol => $"a protocol not known: {What}{Text} at byte {Offset}",
        _ => $"malformed: {What}{Text} at byte {Offset}",
    };

    private string Text => (Number, Name) switch
    {
        (null, _) => "",
        ({ } number, null) => $" {number}",
        ({ } number, { } name) => $" {number} ({name})",
    };
}
