using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>The fields that say whether a layer's checksum is right; each protocol has its own, named after it.</summary>
/// <param name="filter">The protocol's name in filters.</param>
internal sealed class ChecksumFields(string filter)
{
    // Wireshark's numbers of a checksum's status.
    private const int Bad = 0;
    private const int Good = 1;
    private const int Unverified = 2;

    public Field IsRight { get; } = Field.Flag("checksum_ok", about: "Whether the checksum is right; absent where it cannot be judged");

    public Field Verdict { get; } = Field.Text("checksum", about: "Said of a checksum that was left to the network card");

    public Field Status { get; } = Field.Number(null, $"{filter}.checksum.status", about: "0 bad, 1 good, 2 not verified");

    /// <summary>Tells a verdict on a layer's checksum.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="at">Where the checksum stands.</param>
    /// <param name="sink">Who is told.</param>
    public void Report(ChecksumVerdict verdict, int at, IFieldSink sink)
    {
        if (verdict != ChecksumVerdict.Unknown)
        {
            sink.Flag(IsRight, verdict == ChecksumVerdict.Right, at, 2);
        }

        if (verdict == ChecksumVerdict.Partial)
        {
            sink.Text(Verdict, "partial (offloaded)", at, 2);
        }

        if (sink.WantsHidden)
        {
            sink.Number(Status, verdict switch { ChecksumVerdict.Right => Good, ChecksumVerdict.Wrong => Bad, _ => Unverified }, at, 2);
        }
    }

    /// <summary>Whether any of them is wanted: a checksum costs as much as the rest of the layer.</summary>
    public bool AreWanted(IFieldSink sink) => sink.Wants(IsRight) || sink.Wants(Status);
}
