using System.CommandLine;
using NetLab.Host.Captures;
using NetLab.Host.Settings;
using NetLab.Host.Tables;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Commands;

/// <summary>The options of <c>nlab decode</c> that write tables for engines.</summary>
internal sealed class TableArguments
{
    private readonly Option<string?> _parquet = new("--parquet") { Description = "Write tables for DuckDB, Spark and the like into this folder: packets, conversations, and one a protocol", HelpName = "DIR" };
    private readonly Option<string?> _partition = new("--partition") { Description = "With --parquet: a file for the packets of each hour, interface, or both (hour,interface)", HelpName = "BY" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_parquet);
        command.Add(_partition);
    }

    /// <summary>Whether tables are asked for.</summary>
    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_parquet) is not null;

    /// <summary>What a command line wants; null if it wants no tables.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public ParquetSettings? Read(ParseResult parsed, PacketSelection selection)
    {
        string[] by = (parsed.GetValue(_partition) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Array.Find(by, b => b is not ("hour" or "interface")) is { } unknown)
        {
            throw new UsageException($"--partition '{unknown}': files are made by hour, interface or both");
        }

        if (parsed.GetValue(_parquet) is not { } folder)
        {
            return parsed.GetValue(_partition) is null ? null : throw new UsageException("--partition: is of --parquet");
        }

        if (folder.Length == 0 || File.Exists(folder))
        {
            throw new UsageException($"--parquet '{folder}': {(folder.Length == 0 ? "names no folder" : "is a file, and a folder is needed")}");
        }

        return new ParquetSettings(folder, by.Contains("hour"), by.Contains("interface"), selection.Shard);
    }

    /// <summary>Writes the tables.</summary>
    /// <param name="capture">What is read.</param>
    /// <param name="settings">Where the tables are written.</param>
    /// <param name="columns">The columns of packets; null for the usual ones.</param>
    /// <param name="selection">Which packets.</param>
    /// <param name="count">How many packets at most.</param>
    /// <param name="cancellationToken">Ends it early; then the files are not complete.</param>
    /// <returns>The exit code.</returns>
    public static int Write(CaptureInput capture, ParquetSettings settings, IReadOnlyList<Field>? columns, PacketSelection selection, long? count, CancellationToken cancellationToken)
    {
        var export = new ParquetExport(settings, capture, columns);
        try
        {
            long left = count ?? long.MaxValue;
            int exit = capture.Decode(
                new DecoderOptions { FollowStreams = true },
                (in CapturedPacket packet, DecodedPacket decoded) =>
                {
                    if (selection.Includes(packet, decoded))
                    {
                        export.Add(packet, decoded);
                        left--;
                    }

                    return left > 0 && packet.Number < (selection.Last ?? long.MaxValue);
                },
                _ => { },
                cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            export.CompleteAsync().GetAwaiter().GetResult();
            return exit;
        }
        finally
        {
            export.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
