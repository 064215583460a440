using System.CommandLine;
using System.CommandLine.Parsing;
using NetLab.Host.Captures;
using NetLab.Host.Settings;
using NetLab.Host.Tables;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Host.Commands;

/// <summary>The options of <c>nlab decode</c> that write tables for engines.</summary>
internal sealed class TableArguments
{
    private readonly Option<string?> _parquet = new("--parquet") { Description = "Write tables for DuckDB, Spark and the like into this folder: packets, conversations, and one a protocol", HelpName = "DIR" };
    private readonly Option<string?> _tables = new("--tables") { Description = "With --parquet: only these: packets, conversations, and protocols such as dns", HelpName = "NAMES" };
    private readonly Option<bool> _byFile = new("--by-file") { Description = "With --parquet: each file by itself, in tables of its own; complete ones are passed over, and --shard chooses files" };
    private readonly Option<bool> _arrow = new("--arrow") { Description = "The table of packets as an Arrow IPC stream to standard output, for pandas, Polars and the like" };
    private readonly Option<string?> _partition = new("--partition") { Description = "With --parquet: a file for the packets of each hour, interface, or both (hour,interface)", HelpName = "BY" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_parquet);
        command.Add(_partition);
        command.Add(_tables);
        command.Add(_byFile);
        command.Add(_arrow);
    }

    /// <summary>Which form of tables is asked for: the option's name; null for none.</summary>
    public string? NameOf(ParseResult parsed) => parsed.GetValue(_parquet) is not null ? _parquet.Name : parsed.GetValue(_arrow) ? _arrow.Name : null;

    /// <summary>Whether an Arrow stream is asked for.</summary>
    /// <exception cref="UsageException">Nobody could read it.</exception>
    public bool IsArrow(ParseResult parsed)
    {
        if (!parsed.GetValue(_arrow))
        {
            return false;
        }

        return parsed.GetValue(_parquet) is not null ? throw new UsageException("--parquet and --arrow are two different outputs: choose one")
            : parsed.GetValue(_partition) is not null ? throw new UsageException("--partition: is of --parquet")
            : parsed.GetValue(_byFile) ? throw new UsageException("--by-file: is of --parquet")
            : parsed.GetValue(_tables) is not null ? throw new UsageException("--tables: is of --parquet")
            : !Console.IsOutputRedirected ? throw new UsageException("--arrow: is for programs; write it to a file or through a pipe")
            : true;
    }

    /// <summary>What a command line wants; null if it wants no tables.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="selection">Which packets.</param>
    /// <param name="protocols">The protocols that may have a table.</param>
    /// <param name="hasColumns">Whether it names the columns of packets.</param>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public ParquetSettings? Read(ParseResult parsed, PacketSelection selection, ProtocolRegistry protocols, bool hasColumns)
    {
        string[] by = (parsed.GetValue(_partition) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Array.Find(by, b => b is not ("hour" or "interface")) is { } unknown)
        {
            throw new UsageException($"--partition '{unknown}': files are made by hour, interface or both");
        }

        if (parsed.GetValue(_parquet) is not { } folder)
        {
            return parsed.GetValue(_partition) is not null ? throw new UsageException("--partition: is of --parquet")
                : parsed.GetValue(_byFile) ? throw new UsageException("--by-file: is of --parquet")
                : parsed.GetValue(_tables) is not null ? throw new UsageException("--tables: is of --parquet")
                : null;
        }

        OutputPath.CheckFolder(folder, "--parquet");

        HashSet<string>? tables = parsed.GetValue(_tables) is { } names ? TablesFrom(names, protocols) : null;
        if (tables?.Contains("packets") == false && (by.Length > 0 || hasColumns))
        {
            throw new UsageException($"{(by.Length > 0 ? "--partition" : "--columns")}: is of the table packets, which --tables '{parsed.GetValue(_tables)}' leaves out");
        }

        return new ParquetSettings(folder, by.Contains("hour"), by.Contains("interface"), selection.Shard) { Tables = tables };
    }

    private static HashSet<string> TablesFrom(string names, ProtocolRegistry protocols)
    {
        HashSet<string> tables = [.. names.Split(',', StringSplitOptions.TrimEntries)];
        return tables.FirstOrDefault(t => t is not ("packets" or "conversations") && !protocols.Protocols.Any(p => p.Name == t && p.Protocol.Layer >= OsiLayer.Session)) is { } unknown
            ? throw new UsageException($"--tables '{unknown}': there is no such table; packets, conversations, and protocols above transport are tables")
            : tables;
    }

    /// <summary>The captures when each is written by itself; null when all are one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="capture">All of them.</param>
    /// <param name="settings">How tables are written.</param>
    /// <param name="selection">Which packets.</param>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public CaptureFolder? ByFile(ParseResult parsed, CaptureInput capture, ParquetSettings settings, PacketSelection selection)
    {
        if (!parsed.GetValue(_byFile))
        {
            return null;
        }

        if (capture.Path == "-" || capture.Others?.Contains("-") == true)
        {
            throw new UsageException("--by-file '-': tables are named after their file, and standard input has no name");
        }

        // What else is on the command line decides what the tables hold.
        IEnumerable<string> options = parsed.CommandResult.Children.OfType<OptionResult>()
            .Where(o => !o.Implicit && o.Option.Name is not ("--parquet" or "--shard" or "--color"))
            .Select(o => string.Join(' ', [o.Option.Name, .. o.Tokens.Select(t => t.Value)]))
            .Order(StringComparer.Ordinal);
        return new CaptureFolder(capture, settings, selection, string.Join('\n', options.Prepend($"nlab {CommandLine.Version}")));
    }
}
