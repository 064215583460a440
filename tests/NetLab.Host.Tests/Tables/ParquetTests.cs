using System.Globalization;
using System.Text.Json;
using NetLab.Host.Tables;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Tables;

/// <summary>Tables for engines say what <c>nlab decode</c> says, by DuckDB's reading of them.</summary>
public sealed class ParquetTests
{
    public static TheoryData<string> Captures => [.. Directory.EnumerateFiles(Folders.Captures, "*.pcap*").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task A_cell_is_what_a_column_of_decode_shows(string file)
    {
        string capture = Path.Combine(Folders.Captures, file);
        string tables = await Write(capture);
        string[] columns = [.. PacketRows.DefaultColumns.Where(c => c != "frame.time")];
        Nlab.Ended decode = await Nlab.Run("decode", capture, "--json", "--columns", "frame.time_epoch," + string.Join(',', columns));
        Assert.Equal(0, decode.ExitCode);
        string[] lines = decode.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var duck = new DuckDb();
        List<string?[]> rows = duck.Ask($"select epoch_ns(\"frame.time\"), {string.Join(", ", columns.Select(c => $"\"{c}\""))} from '{tables}/packets.parquet' order by \"frame.number\"");
        Assert.Equal(lines.Length, rows.Count);
        for (int i = 0; i < lines.Length; i++)
        {
            using var shown = JsonDocument.Parse(lines[i]);
            decimal seconds = shown.RootElement.GetProperty("frame.time_epoch").GetDecimal();
            Assert.Equal((seconds * 1_000_000_000).ToString("0", CultureInfo.InvariantCulture), rows[i][0]);
            for (int column = 0; column < columns.Length; column++)
            {
                Assert.Equal(TextOf(shown.RootElement, columns[column]), Normal(rows[i][column + 1]));
            }
        }
    }

    [Fact]
    public async Task Messages_of_a_protocol_are_a_table_with_lists_where_they_say_something_several_times()
    {
        string capture = Path.Combine(Folders.Captures, "http-as-tcp.pcapng");
        string tables = await Write(capture);
        using var duck = new DuckDb();
        Nlab.Ended decode = await Nlab.Run("decode", capture, "--columns", "frame.number,http.request.method,http.request.uri,http.response.code", "--filter", "http", "--tsv");
        string[] shown = [.. decode.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        List<string?[]> rows = duck.Ask(
            $"select \"frame.number\", array_to_string(\"http.request.method\", ','), array_to_string(\"http.request.uri\", ','), array_to_string(\"http.response.code\", ',') from '{tables}/http.parquet' order by 1");
        Assert.NotEmpty(rows);
        Assert.Equal(shown, rows.Select(r => string.Join('\t', r)));
        Assert.Equal("BIGINT", duck.One($"select column_type from (describe select * from '{tables}/http.parquet') where column_name = 'tcp.stream'"));
    }

    [Fact]
    public async Task Times_keep_their_nanoseconds_and_numbers_their_bounds()
    {
        string tables = await Write(Path.Combine(Folders.Captures, "lost-segments-as-tcp.pcapng"));
        using var duck = new DuckDb();
        Assert.Equal("TIMESTAMP_NS", duck.One($"select column_type from (describe select * from '{tables}/packets.parquet') where column_name = 'frame.time'"));

        // What an engine passes over by the bounds of a column must be what it would not have found.
        string all = duck.One($"select count(*) from '{tables}/packets.parquet'")!;
        Assert.Equal(all, duck.One($"select count(*) from '{tables}/packets.parquet' where \"frame.time\" between (select min(\"frame.time\") from '{tables}/packets.parquet') and (select max(\"frame.time\") from '{tables}/packets.parquet')"));
        string middle = duck.One($"select median(\"frame.number\")::int from '{tables}/packets.parquet'")!;
        Assert.Equal(middle, duck.One($"select count(*) from '{tables}/packets.parquet' where \"frame.number\" <= {middle}"));
    }

    [Fact]
    public async Task A_filter_over_addresses_and_ports_excludes_what_is_not_there_and_never_what_is()
    {
        string tables = await Write(Path.Combine(Folders.Captures, "http-as-tcp.pcapng"));
        using var duck = new DuckDb();
        string file = $"'{tables}/packets.parquet'";
        foreach (string column in (string[])["ip.src", "ip.dst", "tcp.srcport", "tcp.dstport"])
        {
            foreach (string?[] present in duck.Ask($"select distinct \"{column}\" from {file}"))
            {
                Assert.Equal("False", duck.One($"select bool_or(bloom_filter_excludes) from parquet_bloom_probe({file}, '{column}', {Literal(present[0]!)})"));
            }
        }

        int missing = Enumerable.Range(1, 200).Count(i => duck.One($"select bool_and(bloom_filter_excludes) from parquet_bloom_probe({file}, 'ip.src', '192.0.2.{i}')") == "True");
        Assert.InRange(missing, 190, 200);
        missing = Enumerable.Range(1, 200).Count(i => duck.One($"select bool_and(bloom_filter_excludes) from parquet_bloom_probe({file}, 'tcp.srcport', {i}::int)") == "True");
        Assert.InRange(missing, 190, 200);

        static string Literal(string value) => int.TryParse(value, out _) ? value + "::int" : $"'{value}'";
    }

    [Fact]
    public async Task Shares_are_together_one_run()
    {
        string[] captures = [.. Directory.EnumerateFiles(Folders.Captures, "*.pcap*").Order(StringComparer.Ordinal)];
        string whole = await Write(captures);
        string shares = Directory.CreateTempSubdirectory("nlab-shares-").FullName;
        const int Count = 7;
        foreach (int share in (int[])[3, 7, 1, 2, 6, 5, 4])
        {
            Nlab.Ended ended = await Nlab.Run(["decode", .. captures, "--parquet", shares, "--shard", $"{share}/{Count}"]);
            Assert.True(ended.ExitCode == 0, ended.Errors);
        }

        using var duck = new DuckDb();
        foreach (string table in Directory.EnumerateFiles(whole).Select(f => Path.GetFileNameWithoutExtension(f)!))
        {
            string one = $"select * from '{whole}/{table}.parquet'";
            string seven = $"select * from read_parquet('{shares}/{table}-*-of-7.parquet', union_by_name = true)";
            Assert.Equal("0", duck.One($"select count(*) from ({one} except all {seven})"));
            Assert.Equal("0", duck.One($"select count(*) from ({seven} except all {one})"));
        }

        string lines = (await Nlab.Run(["decode", .. captures, "--json"])).Output;
        List<string> union = [];
        for (int share = 1; share <= Count; share++)
        {
            union.AddRange((await Nlab.Run(["decode", .. captures, "--json", "--shard", $"{share}/{Count}"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Equal(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), union.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_row_names_its_file_and_place_and_decode_finds_it_there()
    {
        string dns = Path.Combine(Folders.Captures, "dns.pcapng");
        string http = Path.Combine(Folders.Captures, "http-as-tcp.pcapng");
        string tables = await Write(dns, http);
        using var duck = new DuckDb();
        string?[] row = duck.Ask($"select \"frame.file\", \"frame.offset\", \"tcp.seq\", \"tcp.dstport\" from '{tables}/packets.parquet' where \"tcp.len\" > 0 limit 1")[0];
        Assert.Equal(http, row[0]);
        Nlab.Ended found = await Nlab.Run("decode", row[0]!, "--at", row[1]!, "--columns", "tcp.seq,tcp.dstport", "--tsv");
        Assert.Equal($"tcp.seq\ttcp.dstport\n{row[2]}\t{row[3]}\n", found.Output);

        // In the middle of a packet there is none, and that is said.
        long middle = long.Parse(row[1]!, CultureInfo.InvariantCulture) + 1;
        Nlab.Ended nothing = await Nlab.Run("decode", http, "--at", $"{middle}");
        Assert.Equal((1, "", $"nlab: {http}: no packet begins at byte {middle}\n"), (nothing.ExitCode, nothing.Output, nothing.Errors));
    }

    [Fact]
    public async Task Packets_are_cut_into_files_by_interface_and_hour()
    {
        string tables = Directory.CreateTempSubdirectory("nlab-tables-").FullName;
        string capture = Path.Combine(Folders.Captures, "dns.pcapng");
        Nlab.Ended ended = await Nlab.Run("decode", capture, "--parquet", tables, "--partition", "hour,interface");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using var duck = new DuckDb();
        List<string?[]> parts = duck.Ask($"select interface, hour, count(*) from read_parquet('{tables}/packets/**/*.parquet', hive_partitioning = true) group by all order by all");
        Assert.NotEmpty(parts);
        Assert.All(parts, p => Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}$", p[1]));
        Assert.Equal(await PacketsOf(capture), parts.Sum(p => int.Parse(p[2]!, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Columns_and_filter_hold()
    {
        string tables = Directory.CreateTempSubdirectory("nlab-tables-").FullName;
        string capture = Path.Combine(Folders.Captures, "http-as-tcp.pcapng");
        Nlab.Ended ended = await Nlab.Run("decode", capture, "--parquet", tables, "--columns", "frame.number,tcp.port", "--filter", "tcp.flags.syn == 1");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using var duck = new DuckDb();
        Assert.Equal("frame.number,tcp.port,frame.file,frame.offset", duck.One($"select string_agg(column_name, ',') from (describe select * from '{tables}/packets.parquet')"));
        Assert.Equal("2", duck.One($"select count(*) from '{tables}/packets.parquet'"));
        Assert.Equal("2", duck.One($"select min(len(\"tcp.port\")) from '{tables}/packets.parquet'"));
    }

    [Theory]
    [InlineData("packets", " packets: 1 table in ")]
    [InlineData("conversations,http", " packets, 1 conversations: 2 tables in ")]
    public async Task Only_the_tables_that_are_named_are_written_as_they_are_among_all(string names, string said)
    {
        string capture = Path.Combine(Folders.Captures, "http-as-tcp.pcapng");
        string all = await Write(capture);
        string some = Directory.CreateTempSubdirectory("nlab-tables-").FullName;
        Nlab.Ended ended = await Nlab.Run("decode", capture, "--parquet", some, "--tables", names);
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Contains(said, ended.Errors, StringComparison.Ordinal);
        Assert.Equal(names.Split(',').Order(StringComparer.Ordinal), Directory.EnumerateFiles(some).Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal));
        using var duck = new DuckDb();
        foreach (string table in names.Split(','))
        {
            Assert.Equal("0", duck.One($"select count(*) from ((from '{all}/{table}.parquet') except all (from '{some}/{table}.parquet'))"));
            Assert.NotEqual("0", duck.One($"select count(*) from '{some}/{table}.parquet'"));
        }
    }

    [Fact]
    public async Task A_folder_is_asked_by_the_names_of_its_tables()
    {
        string tables = await Write(Path.Combine(Folders.Captures, "http-as-tcp.pcapng"));
        using var duck = new DuckDb();
        foreach (string statement in (await Nlab.Run("sql", tables)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            duck.Ask(statement);
        }

        Assert.Equal("1", duck.One("select count(*) from conversations"));
        Assert.Equal(duck.One("select count(*) from packets"), duck.One("select sum(\"packets.sent\" + \"packets.received\") from conversations"));
    }

    private static async Task<string> Write(params string[] captures)
    {
        string tables = Directory.CreateTempSubdirectory("nlab-tables-").FullName;
        Nlab.Ended ended = await Nlab.Run(["decode", .. captures, "--parquet", tables]);
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Empty(Directory.EnumerateFiles(tables, "*.part"));
        return tables;
    }

    private static async Task<int> PacketsOf(string capture) =>
        (await Nlab.Run("decode", capture, "--columns", "frame.number", "--tsv")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length - 1;

    // Of several values the first, which is that of the outer header.
    private static string? TextOf(JsonElement row, string column)
    {
        if (!row.TryGetProperty(column, out JsonElement value))
        {
            return null;
        }

        JsonElement first = value.ValueKind == JsonValueKind.Array ? value[0] : value;
        return first.ValueKind switch
        {
            JsonValueKind.True => "1",
            JsonValueKind.False => "0",
            JsonValueKind.Number => Normal(first.GetRawText()),
            _ => first.GetString(),
        };
    }

    private static string? Normal(string? value) => value switch
    {
        "True" => "1",
        "False" => "0",
        not null when value.Contains('.', StringComparison.Ordinal) && double.TryParse(value, CultureInfo.InvariantCulture, out double number) => number.ToString("R", CultureInfo.InvariantCulture),
        _ => value,
    };
}
