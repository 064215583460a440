using NetLab.Host.Settings;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests;

/// <summary>A command that is refused, or fails before it has anything to write, leaves the files that it was to write as they were.</summary>
public sealed class KeptFilesTests : IDisposable
{
    private const string Precious = "precious";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-kept-");

    private string Capture { get; } = Path.Combine(Folders.Captures, "http-as-tcp.pcapng");

    private string Kept => Path.Combine(_folder.FullName, "keep");

    [Theory]
    [InlineData(1, "http GET kernel-tcp://127.0.0.1:9/ -o {keep}")]
    [InlineData(1, "http GET tcp://127.0.0.1:9/ -o {keep} --timeout 300ms")]
    [InlineData(1, "decode {junk} -w {keep}")]
    [InlineData(1, "decode {capture} -w {keep} --packet 999999")]
    [InlineData(2, "decode {capture} -w {keep} --interface eth7")]
    [InlineData(2, "link udp://127.0.0.1:9001 udp://127.0.0.1:0 --link delay=1ms --log {keep}")]
    [InlineData(2, "link udp://127.0.0.1:9001 udp://127.0.0.1:0 --link delay=1ms --record {keep}")]
    [InlineData(2, "serve --set Lab:Services:0:Address=tcp://10.0.0.1:1 --pcap {keep}")]
    [InlineData(2, "receive udp://10.1.1.1:1 --pcap {keep}")]
    [InlineData(2, "receive tcp://10.1.1.1:1 --qlog {keep}")]
    public async Task Nothing_is_lost_and_nothing_is_left(int exitCode, string line)
    {
        string junk = Path.Combine(_folder.FullName, "junk");
        await File.WriteAllTextAsync(junk, "no capture");
        string[] words = [.. line.Split(' ').Select(w => w.Replace("{keep}", Kept, StringComparison.Ordinal).Replace("{junk}", junk, StringComparison.Ordinal).Replace("{capture}", Capture, StringComparison.Ordinal))];
        Nlab.Ended without = await Nlab.Run(words);
        Assert.True(without.ExitCode == exitCode, without.Errors);
        Assert.False(File.Exists(Kept), "a file is left");
        await File.WriteAllTextAsync(Kept, Precious);
        Assert.Equal(exitCode, (await Nlab.Run(words)).ExitCode);
        Assert.Equal(Precious, await File.ReadAllTextAsync(Kept));
    }

    [Fact]
    public async Task A_folder_for_objects_is_not_left_where_nothing_is_read()
    {
        string objects = Path.Combine(_folder.FullName, "objects");
        Assert.Equal(2, (await Nlab.Run("objects", Capture, "--out", objects, "--interface", "eth7")).ExitCode);
        Assert.Equal(2, (await Nlab.Run("objects", Capture, "--out", objects, "--decode-as", "x")).ExitCode);
        Assert.False(Directory.Exists(objects));
    }

    [Fact]
    public async Task What_is_written_replaces_all_that_was_there()
    {
        await File.WriteAllTextAsync(Kept, new string('x', 1 << 20));
        Assert.Equal(0, (await Nlab.Run("decode", Capture, "-w", Kept, "--packets", "1-3")).ExitCode);
        Assert.Equal("3", (await Nlab.Run("decode", Kept, "--columns", "frame.number", "--tsv")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        Assert.Equal(0, (await Nlab.Run("decode", Capture, "-w", Kept, "--filter", "udp.port == 1")).ExitCode);
        Assert.Equal("", (await Nlab.Run("decode", Kept, "--summary")).Output);
    }

    [Fact]
    public void The_first_byte_begins_a_file_unless_it_is_held_back()
    {
        File.WriteAllText(Kept, Precious);
        using (OutputFile file = OutputFile.Open("-o", Kept))
        {
            file.Write([]);
            file.Flush();
            Assert.Equal(Precious, ReadShared());
            file.Write("new"u8);
            file.Flush();
            Assert.Equal("new", ReadShared());
        }

        using (OutputFile file = OutputFile.Open("-o", Kept, holdsBack: true))
        {
            file.Write("heading "u8);
            file.Flush();
            Assert.Equal("new", ReadShared());
            file.Begin();
            file.Write("text"u8);
        }

        Assert.Equal("heading text", File.ReadAllText(Kept));
    }

    [Theory]
    [InlineData("nowhere/keep", "the folder does not exist")]
    [InlineData(".", "is a folder")]
    public void What_cannot_be_written_is_said_at_once(string name, string why)
    {
        UsageException error = Assert.Throws<UsageException>(() => OutputFile.Open("-o", Path.Combine(_folder.FullName, name)));
        Assert.EndsWith(why, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string ReadShared()
    {
        using var reader = new StreamReader(new FileStream(Kept, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
