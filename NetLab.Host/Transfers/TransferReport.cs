using System.Globalization;
using NetLab.Host.Rendering;

namespace NetLab.Host.Transfers;

/// <summary>What a transfer came to, as either end says it.</summary>
/// <param name="Verb">"sent" or "received".</param>
/// <param name="Name">The file.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Elapsed">From the first byte to the verdict.</param>
/// <param name="Sha256">Of the file, in hexadecimal.</param>
internal sealed record TransferReport(string Verb, string Name, long Bytes, TimeSpan Elapsed, string Sha256)
{
    /// <summary>Bytes that the receiver had from an earlier time, and that were not sent again.</summary>
    public long Resumed { get; init; }

    /// <summary>Segments sent again, where NetLab's TCP counted them.</summary>
    public long? Retransmissions { get; init; }

    /// <summary>Datagrams sent, for UDP.</summary>
    public long? Datagrams { get; init; }

    /// <summary>Datagrams that did not arrive, for UDP at the receiver.</summary>
    public long? Lost { get; init; }

    /// <summary>Bytes that did arrive.</summary>
    public long? DeliveredBytes { get; init; }

    /// <summary>Whether the receiver has exactly the sender's bytes; null where nobody can tell.</summary>
    public bool? Intact { get; init; }

    /// <summary>Bits of file a second.</summary>
    public double Goodput => Elapsed > TimeSpan.Zero ? ((DeliveredBytes ?? Bytes) - Resumed) * 8 / Elapsed.TotalSeconds : 0;

    /// <summary>The report in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return string.Create(
            CultureInfo.InvariantCulture, $"{Verb} {PlainText.Of(Name)}: {Bytes} bytes in {Elapsed.TotalSeconds:F3} s{(Goodput > 0 ? $", {Units.Rate(Goodput)}" : "")}");
        if (Resumed > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"resumed: {Resumed} bytes were there already");
        }

        if (Retransmissions is { } again)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"retransmissions: {again}");
        }

        if (Datagrams is { } datagrams)
        {
            string lost = Lost is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count} lost") : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"datagrams: {datagrams}{lost}");
        }

        yield return $"sha256: {Sha256}";
        if (Intact is { } intact)
        {
            long missing = Bytes - (DeliveredBytes ?? Bytes);
            yield return intact ? "intact: yes"
                : missing > 0 ? string.Create(CultureInfo.InvariantCulture, $"intact: no, {missing} bytes are missing and nobody sends them again")
                : "intact: NO, what arrived is not what was sent";
        }
    }
}
