using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Tables;

/// <summary>Captures that are each written by themselves: what is complete is passed over, and what has changed is not.</summary>
public sealed class ByFileTests : IDisposable
{
    private static readonly string[] Names = ["dns.pcapng", "http-as-tcp.pcapng", "lost-segments-as-tcp.pcapng"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-by-file-");
    private readonly string[] _captures;
    private readonly string _tables;

    public ByFileTests()
    {
        _tables = Path.Combine(_folder.FullName, "tables");
        _captures = [.. Names.Select(name => Path.Combine(_folder.FullName, name))];
        foreach (string capture in _captures)
        {
            File.Copy(Path.Combine(Folders.Captures, Path.GetFileName(capture)), capture);
        }
    }

    [Fact]
    public async Task Each_file_has_what_a_run_of_its_own_has()
    {
        Nlab.Ended ended = await Run();
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using var duck = new DuckDb();
        foreach (string capture in _captures)
        {
            string alone = Path.Combine(_folder.FullName, "alone-" + Path.GetFileName(capture));
            Assert.Equal(0, (await Nlab.Run("decode", capture, "--parquet", alone)).ExitCode);
            foreach (string table in Directory.EnumerateFiles(alone).Select(f => Path.GetFileNameWithoutExtension(f)!))
            {
                // All but packets have the name of the file besides.
                string with = $"select * {(table == "packets" ? "" : "exclude (\"frame.file\")")} from '{_tables}/{table}/{Path.GetFileName(capture)}.parquet'";
                string without = $"select * from '{alone}/{table}.parquet'";
                Assert.Equal("0", duck.One($"select count(*) from (({with}) except all ({without}))"));
                Assert.Equal("0", duck.One($"select count(*) from (({without}) except all ({with}))"));
            }
        }

        foreach (string statement in (await Nlab.Run("sql", _tables)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            duck.Ask(statement);
        }

        Assert.Equal("3", duck.One("select count(distinct \"frame.file\") from conversations"));
        Assert.Equal(duck.One("select count(*) from packets where \"tcp.stream\" is not null or \"udp.stream\" is not null"), duck.One("select sum(\"packets.sent\" + \"packets.received\")::bigint from conversations"));
    }

    [Fact]
    public async Task What_is_complete_is_passed_over_until_it_changes()
    {
        Assert.Equal(0, (await Nlab.Run(["decode", .. _captures[..2], "--by-file", "--parquet", _tables])).ExitCode);
        Dictionary<string, DateTime> before = Times();

        // A run that was broken off: one is half written.
        string half = Path.Combine(_tables, "packets", Names[2] + ".parquet.part");
        await File.WriteAllTextAsync(half, "half");
        Nlab.Ended second = await Run();
        Assert.Equal(0, second.ExitCode);
        Assert.Contains($"complete already in {_tables}: 2", second.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(half));
        Assert.All(before, b => Assert.Equal(b.Value, File.GetLastWriteTimeUtc(b.Key)));

        // Another question, and a capture that has grown.
        File.SetLastWriteTimeUtc(_captures[0], DateTime.UtcNow.AddMinutes(1));
        Assert.Contains($"complete already in {_tables}: 2", (await Run()).Errors, StringComparison.Ordinal);
        Nlab.Ended other = await Run("--filter", "tcp");
        Assert.DoesNotContain("complete already", other.Errors, StringComparison.Ordinal);
        Assert.Contains($"complete already in {_tables}: 3", (await Run("--filter", "tcp", "--color", "never")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_question_leaves_no_table_of_the_one_before()
    {
        Assert.Equal(0, (await Run("--partition", "hour")).ExitCode);
        Assert.NotEmpty(Tables("http"));
        Nlab.Ended second = await Run("--filter", "dns", "--tables", "packets,dns");
        Assert.True(second.ExitCode == 0, second.Errors);
        Assert.Empty(Tables("http"));
        Assert.Empty(Tables("conversations"));
        Assert.Equal(Names.Select(n => n + ".parquet"), Tables("packets"));
    }

    [Fact]
    public async Task The_folder_may_be_there_already()
    {
        Directory.CreateDirectory(_tables);
        Nlab.Ended ended = await Run();
        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Equal(Names.Select(n => n + ".parquet"), Tables("packets"));
    }

    [Fact]
    public async Task Shares_are_of_the_files_and_none_is_in_two()
    {
        foreach (int share in (int[])[2, 1])
        {
            Assert.Equal(0, (await Run("--shard", $"{share}/2")).ExitCode);
        }

        Assert.Equal(Names.Select(n => n + ".parquet"), Directory.EnumerateFiles(Path.Combine(_tables, "packets")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains($"complete already in {_tables}: 3", (await Run()).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packets_of_partitions_lie_in_their_folders()
    {
        Nlab.Ended ended = await Run("--partition", "hour");
        Assert.True(ended.ExitCode == 0, ended.Errors);
        using var duck = new DuckDb();
        Assert.Equal("3", duck.One($"select count(distinct \"frame.file\") from read_parquet('{_tables}/packets/hour=*/*.parquet')"));
    }

    [Fact]
    public async Task A_damaged_file_does_not_keep_the_others()
    {
        byte[] bytes = await File.ReadAllBytesAsync(_captures[1]);
        await File.WriteAllBytesAsync(_captures[1], bytes[..(bytes.Length - 5)]);
        await File.WriteAllTextAsync(_captures[0], "no capture");
        Nlab.Ended ended = await Run();
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"nlab: {_captures[0]}: ", ended.Errors, StringComparison.Ordinal);
        Assert.Contains($"nlab: {_captures[1]}: ", ended.Errors, StringComparison.Ordinal);
        Assert.Equal([Names[1], Names[2]], Directory.EnumerateFiles(Path.Combine(_tables, "complete")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_files_of_one_name_are_two()
    {
        DirectoryInfo other = _folder.CreateSubdirectory("other");
        string second = Path.Combine(other.FullName, Names[0]);
        File.Copy(_captures[1], second);
        Assert.Equal(0, (await Nlab.Run("decode", _captures[0], second, "--by-file", "--parquet", _tables)).ExitCode);
        Assert.Equal([$"{Names[0]}-2.parquet", $"{Names[0]}.parquet"], Directory.EnumerateFiles(Path.Combine(_tables, "packets")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private IEnumerable<string> Tables(string table) =>
        Directory.EnumerateFiles(Path.Combine(_tables, table), "*.parquet", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    private Task<Nlab.Ended> Run(params string[] more) => Nlab.Run(["decode", .. _captures, "--by-file", "--parquet", _tables, .. more]);

    private Dictionary<string, DateTime> Times() =>
        Directory.EnumerateFiles(_tables, "*.parquet", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc, StringComparer.Ordinal);
}
