using System.Diagnostics;
using NetLab.Host.Streams;

namespace NetLab.Host.Tests.Streams;

/// <summary>What waits for a pipe can give up, though the system's call cannot.</summary>
public sealed class BlockingInputTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-pipe-");

    public void Dispose() => _folder.Delete(recursive: true);

    [UnixFact]
    public async Task To_open_a_pipe_that_nobody_writes_can_be_given_up()
    {
        string pipe = await Make();
        using var given = new CancellationTokenSource();
        Task<Stream> opening = BlockingInput.OpenAsync(pipe, given.Token);
        Assert.False(opening.IsCompleted);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(Patience));

        // The call that was given up waits on until somebody writes.
        await using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write);
    }

    [UnixFact]
    public async Task A_read_that_is_given_up_leaves_its_memory_alone()
    {
        string pipe = await Make();
        Task<Stream> opening = BlockingInput.OpenAsync(pipe, CancellationToken.None);
        await using var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
        await using Stream reader = await opening.WaitAsync(Patience);
        Assert.False(reader.CanSeek);
        await writer.WriteAsync("one"u8.ToArray());
        byte[] bytes = new byte[10];
        Assert.Equal(3, await reader.ReadAsync(bytes).AsTask().WaitAsync(Patience));
        Assert.Equal("one"u8.ToArray(), bytes[..3]);
        using var given = new CancellationTokenSource();
        Task<int> reading = reader.ReadAsync(bytes, given.Token).AsTask();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Patience));
        await writer.WriteAsync("two"u8.ToArray());
        Assert.Equal("one"u8.ToArray(), bytes[..3]);
    }

    [Fact]
    public async Task A_file_is_opened_as_it_is()
    {
        string file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "text");
        await using Stream opened = await BlockingInput.OpenAsync(file, CancellationToken.None);
        Assert.Equal((true, 4), (opened.CanSeek, opened.Length));
    }

    private async Task<string> Make()
    {
        string pipe = Path.Combine(_folder.FullName, "pipe");
        using Process made = Process.Start("mkfifo", [pipe]);
        await made.WaitForExitAsync();
        return pipe;
    }
}
