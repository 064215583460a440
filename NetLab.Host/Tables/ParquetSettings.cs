using System.Globalization;
using NetLab.Host.Captures;
using NetLab.Osi.Captures;

namespace NetLab.Host.Tables;

/// <summary>Where tables are written, and how they are cut into files.</summary>
/// <param name="Folder">The folder; it is made.</param>
/// <param name="ByHour">Whether the packets of each hour (UTC) have a file of their own.</param>
/// <param name="ByInterface">Whether the packets of each interface have.</param>
/// <param name="Shard">The share of the conversations that is written; null for all.</param>
/// <param name="Capture">What the capture is called whose tables are files of their own, a folder a table; null if all captures are one.</param>
internal sealed record ParquetSettings(string Folder, bool ByHour, bool ByInterface, Shard? Shard, string? Capture = null)
{
    /// <summary>The only tables that are written, by name; null for all.</summary>
    public IReadOnlySet<string>? Tables { get; init; }

    /// <summary>Whether a table is written.</summary>
    public bool Has(string table) => Tables?.Contains(table) != false;

    /// <summary>The file of a table.</summary>
    public string PathOf(string table) => Path.Combine(
        Folder, Capture is not null ? Path.Combine(table, $"{Capture}.parquet") : Shard is null ? $"{table}.parquet" : $"{table}-{Shard.Index}-of-{Shard.Count}.parquet");

    /// <summary>A file of the packets of a partition.</summary>
    /// <param name="partition">What <see cref="PartitionOf"/> says.</param>
    /// <param name="number">Which of its files, from 1: packets may come to a partition late.</param>
    public string PathOf(string partition, int number)
    {
        string folder = Path.Combine("packets", partition);
        return Capture is null ? PathOf(Path.Combine(folder, $"packets-{number}")) : Path.Combine(Folder, folder, $"{Capture}-{number}.parquet");
    }

    /// <summary>The folders below <c>packets</c> that a packet's file is in, as engines read them: <c>hour=2026-01-31T12/interface=eth0</c>; empty for none.</summary>
    public string PartitionOf(in CapturedPacket packet)
    {
        if (!ByHour && !ByInterface)
        {
            return "";
        }

        string hour = packet.Time is { } time
            ? DateTimeOffset.UnixEpoch.AddTicks(time / 100).ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture)
            : "none";
        string network = SafeName.Of(packet.Source.Name, "none");
        return (ByHour, ByInterface) switch
        {
            (true, true) => $"hour={hour}/interface={network}",
            (true, _) => $"hour={hour}",
            _ => $"interface={network}",
        };
    }
}
