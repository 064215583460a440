using System.Diagnostics;
using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Tables;

/// <summary>The Arrow stream says what the Parquet table says, by the readers of the Arrow project and of DuckDB.</summary>
public sealed class ArrowTests
{
    [Theory]
    [InlineData("http-as-tcp.pcapng", null, null)]
    [InlineData("lost-segments-as-tcp.pcapng", null, "tcp.analysis.retransmission || tcp.flags.syn == 1")]
    [InlineData("dns.pcapng", "frame.number,frame.time,udp.port,dns.qry.name,dns.id,frame.time_delta,eth.src,ip.src", null)]
    [InlineData("dns.pcapng", null, "tcp.port == 1")]
    public async Task A_batch_has_the_cells_of_the_table(string file, string? columns, string? filter)
    {
        string capture = Path.Combine(Folders.Captures, file);
        string[] choice = [.. columns is null ? [] : (string[])["--columns", columns], .. filter is null ? [] : (string[])["--filter", filter]];
        string folder = Directory.CreateTempSubdirectory("nlab-tables-").FullName;
        Assert.Equal(0, (await Nlab.Run(["decode", capture, "--parquet", folder, .. choice])).ExitCode);

        (int exit, MemoryStream stream, string errors) = await Stream(["decode", capture, "--arrow", .. choice]);
        Assert.Equal(0, exit);
        using var reader = new ArrowStreamReader(stream);
        List<string?[]> rows = [];
        while (reader.ReadNextRecordBatch() is { } batch)
        {
            rows.AddRange(Enumerable.Range(0, batch.Length).Select(row => batch.Arrays.Select(column => TextOf(column, row)).ToArray()));
        }

        using var duck = new DuckDb();
        List<string?[]> described = duck.Ask($"describe select * from '{folder}/packets.parquet'");
        Assert.Equal(described.Select(d => d[0]), reader.Schema.FieldsList.Select(f => f.Name));
        IEnumerable<string> cells = described.Select(d => d[1] switch
        {
            "TIMESTAMP_NS" => $"epoch_ns(\"{d[0]}\")",
            "BLOB" => $"hex(\"{d[0]}\")",
            string type when type.EndsWith("[]", StringComparison.Ordinal) => $"array_to_string(\"{d[0]}\", '|')",
            _ => $"\"{d[0]}\"",
        });
        Assert.Equal(duck.Ask($"select {string.Join(", ", cells)} from '{folder}/packets.parquet' order by \"frame.offset\""), rows);
        Assert.Equal(filter == "tcp.port == 1", rows.Count == 0);
        Assert.Equal($"{rows.Count} packets", errors.Trim());
    }

    // Nlab reads text, and this is none.
    private static async Task<(int ExitCode, MemoryStream Output, string Errors)> Stream(string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "nlab.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = new MemoryStream();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        output.Position = 0;
        return (process.ExitCode, output, await errors);
    }

    private static string? TextOf(IArrowArray column, int row) => column.IsNull(row) ? null : column switch
    {
        ListArray list => string.Join('|', Enumerable.Range(list.ValueOffsets[row], list.GetValueLength(row)).Select(i => TextOf(list.Values, i))),
        TimestampArray time => time.GetValue(row)?.ToString(CultureInfo.InvariantCulture),
        BooleanArray truth => Convert.ToString(truth.GetValue(row), CultureInfo.InvariantCulture),
        Int32Array number => Convert.ToString(number.GetValue(row), CultureInfo.InvariantCulture),
        Int64Array number => Convert.ToString(number.GetValue(row), CultureInfo.InvariantCulture),
        UInt64Array number => Convert.ToString(number.GetValue(row), CultureInfo.InvariantCulture),
        DoubleArray number => Convert.ToString(number.GetValue(row), CultureInfo.InvariantCulture),
        StringArray text => text.GetString(row),
        BinaryArray bytes => Convert.ToHexString(bytes.GetBytes(row)),
        _ => throw new InvalidOperationException($"{column.GetType()}"),
    };
}
