namespace NetLab.Osi.Tests;

/// <summary>The project's own recordings decode to what stands beside them, to the byte.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Recordings => new(Directory.GetFiles(Folders.Captures, "*.pcapng").Select(f => Path.GetFileName(f)).Order());

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_recording_decodes_as_expected(string recording)
    {
        string path = Path.Combine(Folders.Captures, recording);
        (string json, string? damage) = Decoding.ToJson(File.OpenRead(path));
        Assert.Null(damage);
        string expected = File.ReadAllText(Path.ChangeExtension(path, ".jsonl"));
        Assert.Equal(expected.Split('\n'), json.Split('\n'));
    }

    [Fact]
    public void There_are_recordings() => Assert.NotEmpty(Recordings);
}
