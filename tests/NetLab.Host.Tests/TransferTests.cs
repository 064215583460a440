using System.Diagnostics;
using System.Globalization;

namespace NetLab.Host.Tests;

/// <summary><c>nlab send</c> and <c>nlab receive</c>, process to process.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-test-");

    [Theory]
    [InlineData("tcp")]
    [InlineData("kernel-tcp")]
    [InlineData("udp")]
    public async Task A_file_arrives_whole(string transport)
    {
        (string file, byte[] bytes) = MakeFile(300_000);
        string url = $"{transport}://127.0.0.1:{Ports.Free()}";
        using Nlab receiver = Nlab.Start(_folder.FullName, "receive", url, "-o", "got");
        await receiver.Listening();
        Nlab.Ended sender = await Nlab.Run(_folder, "send", file, url);
        Nlab.Ended received = await receiver.End();
        Assert.Equal((0, 0), (sender.ExitCode, received.ExitCode));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "got")));
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        Assert.Contains($"sha256: {hash}", sender.Output, StringComparison.Ordinal);
        Assert.Contains($"sha256: {hash}", received.Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_file_arrives_whole_through_a_bad_link()
    {
        (string file, byte[] bytes) = MakeFile(200_000);
        (int port, int relayed) = (Ports.Free(), Ports.Free());
        using Nlab receiver = Nlab.Start(_folder.FullName, "receive", $"tcp://127.0.0.1:{port}", "-o", "got");
        using Nlab link = Nlab.Start(
            null, "link", $"udp://127.0.0.1:{relayed}", $"udp://127.0.0.1:{port}", "--link", "delay=5ms,loss=5%,reorder=2%,duplicate=1%,corrupt=0.5%,seed=1",
            "--pcap", Path.Combine(_folder.FullName, "link.pcapng"));
        await Task.WhenAll(receiver.Listening(), link.Listening());
        Nlab.Ended sender = await Nlab.Run(_folder, "send", file, $"tcp://127.0.0.1:{relayed}");
        Assert.Equal((0, 0), (sender.ExitCode, (await receiver.End()).ExitCode));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "got")));

        // What the link recorded at its client's side: both directions, whatever befell them behind it.
        link.Interrupt();
        Assert.Equal(0, (await link.End()).ExitCode);
        Nlab.Ended decoded = await Nlab.Run(_folder, "decode", "link.pcapng", "--summary");
        Assert.Contains("SYN, ACK", decoded.Output, StringComparison.Ordinal);

        // What was sent again is there as often as the sender says, each time with a mark. Which mark is a question of the machine's pace:
        // what follows within a round trip, and no duplicate acknowledgements, is out of order to a bystander (as it is to tshark).
        Nlab.Ended columns = await Nlab.Run(
            _folder, "decode", "link.pcapng", "--filter", $"udp.dstport == {relayed} && tcp.nxtseq > tcp.seq",
            "--columns", "tcp.seq,tcp.nxtseq,tcp.analysis.retransmission,tcp.analysis.out_of_order");
        long next = 0;
        List<string> again = [];
        foreach (string line in columns.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            string[] cells = line.Split('\t');
            if (long.Parse(cells[0], CultureInfo.InvariantCulture) < next)
            {
                again.Add(cells[2] + cells[3]);
            }

            next = Math.Max(next, long.Parse(cells[1], CultureInfo.InvariantCulture));
        }

        Assert.NotEmpty(again);
        Assert.Contains($"retransmissions: {again.Count}\n", sender.Output, StringComparison.Ordinal);
        Assert.All(again, marks => Assert.Equal("1", marks));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_one_side_is_killed_the_other_ends_with_an_error_and_no_file(bool killSender)
    {
        // At 1 Mbit/s the file takes minutes: whoever is killed is killed in the middle.
        (string file, _) = MakeFile(16 << 20);
        (int port, int relayed) = (Ports.Free(), Ports.Free());
        using Nlab receiver = Nlab.Start(_folder.FullName, "receive", $"tcp://127.0.0.1:{port}", "-o", "got", "--timeout", "3s");
        using Nlab link = Nlab.Start(null, "link", $"udp://127.0.0.1:{relayed}", $"udp://127.0.0.1:{port}", "--link", "delay=5ms,rate=1M");
        await Task.WhenAll(receiver.Listening(), link.Listening());
        using Nlab sender = Nlab.Start(_folder.FullName, "send", file, $"tcp://127.0.0.1:{relayed}", "--timeout", "3s");
        while (_folder.GetFiles(".*.part").Length == 0)
        {
            await Task.Yield();
        }

        (killSender ? sender : receiver).Kill();
        Nlab.Ended other = await (killSender ? receiver : sender).End();
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("did not answer in time", other.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "got")));
    }

    [UnixFact]
    public async Task Ctrl_c_ends_a_transfer_cleanly()
    {
        (string file, _) = MakeFile(16 << 20);
        (int port, int relayed) = (Ports.Free(), Ports.Free());
        using Nlab receiver = Nlab.Start(_folder.FullName, "receive", $"tcp://127.0.0.1:{port}", "-o", "got");
        using Nlab link = Nlab.Start(null, "link", $"udp://127.0.0.1:{relayed}", $"udp://127.0.0.1:{port}", "--link", "rate=1M");
        await Task.WhenAll(receiver.Listening(), link.Listening());
        using Nlab sender = Nlab.Start(_folder.FullName, "send", file, $"tcp://127.0.0.1:{relayed}");
        while (_folder.GetFiles(".*.part").Length == 0)
        {
            await Task.Yield();
        }

        sender.Interrupt();
        Assert.Equal(130, (await sender.End()).ExitCode);
        Nlab.Ended received = await receiver.End();
        Assert.Equal(1, received.ExitCode);
        Assert.Contains("reset", received.Errors, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles("*got*"));
        Assert.Empty(_folder.GetFiles(".*.part"));
        link.Interrupt();
        Nlab.Ended relay = await link.End();
        Assert.Equal(0, relay.ExitCode);
        Assert.Contains("delivered", relay.Output, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_signal_ends_a_sender_whose_pipe_gives_nothing()
    {
        string pipe = Path.Combine(_folder.FullName, "pipe");
        using (Process made = Process.Start("mkfifo", [pipe]))
        {
            await made.WaitForExitAsync();
        }

        string url = $"tcp://127.0.0.1:{Ports.Free()}";
        using Nlab receiver = Nlab.Start(_folder.FullName, "receive", url, "-o", "got");
        await receiver.Listening();
        using Nlab sender = Nlab.Start(_folder.FullName, "send", pipe, url);

        // To open it for writing waits until the sender has opened it for reading.
        await using FileStream writer = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write)).WaitAsync(Patience);
        while (_folder.GetFiles(".*.part").Length == 0)
        {
            await Task.Yield();
        }

        sender.Interrupt();
        Nlab.Ended sent = await sender.End();
        Assert.Equal(130, sent.ExitCode);
        Assert.Contains("interrupted", sent.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await receiver.End()).ExitCode);
        Assert.Empty(_folder.GetFiles("*got*"));
    }

    [UnixFact]
    public async Task A_pipe_is_one_file_and_goes_to_one_receiver()
    {
        string pipe = Path.Combine(_folder.FullName, "pipe");
        using (Process made = Process.Start("mkfifo", [pipe]))
        {
            await made.WaitForExitAsync();
        }

        using Nlab sender = Nlab.Start(_folder.FullName, "send", pipe, "tcp://127.0.0.1:9", "tcp://127.0.0.1:10");
        await using FileStream writer = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write)).WaitAsync(Patience);
        Nlab.Ended sent = await sender.End();
        Assert.Equal(2, sent.ExitCode);
        Assert.Contains("read once", sent.Errors, StringComparison.Ordinal);
    }

    [SmallDiskFact]
    public async Task A_disk_that_fills_while_a_file_comes_ends_both_sides_with_a_line_and_leaves_nothing()
    {
        using var disk = new SmallDisk(1 << 20);
        string url = $"tcp://127.0.0.1:{Ports.Free()}";
        using Nlab receiver = Nlab.Start(null, "receive", url, "-o", Path.Combine(disk.Path, "got"));
        await receiver.Listening();

        // From standard input: how much it will be nobody can know before.
        using Nlab sender = Nlab.Start(_folder.FullName, "send", "-", url);
        try
        {
            await sender.Input.WriteAsync(new string('x', 4 << 20));
            sender.Input.Close();
        }
        catch (IOException)
        {
            // It has ended before it took everything.
        }

        foreach (Nlab side in (Nlab[])[receiver, sender])
        {
            Nlab.Ended ended = await side.End();
            Assert.Equal(1, ended.ExitCode);
            Assert.Contains("space", ended.Errors, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Empty(Directory.GetFileSystemEntries(disk.Path));
    }

    [Fact]
    public async Task A_transfer_that_broke_is_resumed_where_it_ended()
    {
        (string file, byte[] content) = MakeFile(4 << 20);
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
        (int port, int relayed) = (Ports.Free(), Ports.Free());
        FileInfo part = new(Path.Combine(_folder.FullName, "got.nlab-part"));
        using (Nlab receiver = Nlab.Start(_folder.FullName, "receive", $"tcp://127.0.0.1:{port}", "-o", "got", "--resume", "--timeout", "3s"))
        using (Nlab link = Nlab.Start(null, "link", $"udp://127.0.0.1:{relayed}", $"udp://127.0.0.1:{port}", "--link", "rate=8M"))
        {
            await Task.WhenAll(receiver.Listening(), link.Listening());
            using Nlab sender = Nlab.Start(_folder.FullName, "send", file, $"tcp://127.0.0.1:{relayed}");
            while (!part.Exists || part.Length < 256 << 10)
            {
                await Task.Yield();
                part.Refresh();
            }

            sender.Kill();
            Nlab.Ended broken = await receiver.End();
            Assert.Equal(1, broken.ExitCode);
            Assert.Contains("kept for --resume", broken.Errors, StringComparison.Ordinal);
        }

        part.Refresh();
        long had = part.Length;
        using Nlab again = Nlab.Start(_folder.FullName, "receive", $"tcp://127.0.0.1:{port}", "-o", "got", "--resume");
        await again.Listening();
        Nlab.Ended sent = await Nlab.Run(_folder, "send", file, $"tcp://127.0.0.1:{port}");
        Nlab.Ended received = await again.End();
        Assert.Equal((0, 0), (sent.ExitCode, received.ExitCode));
        Assert.Contains($"resumed: {had} bytes were there already", received.Output, StringComparison.Ordinal);
        Assert.Contains(hash, received.Output, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, file)), await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "got")));
        part.Refresh();
        Assert.False(part.Exists);
    }

    [Fact]
    public async Task What_is_left_of_another_file_is_not_resumed()
    {
        (string file, byte[] content) = MakeFile(300_000);
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "got.nlab-part"), new string('?', 100_000));
        string url = $"tcp://127.0.0.1:{Ports.Free()}";
        using Nlab receiver = Nlab.Start(_folder.FullName, "receive", url, "-o", "got", "--resume");
        await receiver.Listening();
        Assert.Equal(0, (await Nlab.Run(_folder, "send", file, url)).ExitCode);
        Nlab.Ended received = await receiver.End();
        Assert.Equal(0, received.ExitCode);
        Assert.Contains(hash, received.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("resumed", received.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_that_finds_nobody_fails_at_once()
    {
        (string file, _) = MakeFile(10);
        Nlab.Ended sender = await Nlab.Run("send", file, $"tcp://127.0.0.1:{Ports.Free()}");
        Assert.Equal(1, sender.ExitCode);
        Assert.Contains("refused", sender.Errors, StringComparison.Ordinal);
    }

    // What nobody took is reported to the next call, be that one that sends or one that receives: whatever the number of datagrams.
    [UnixTheory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(2_000)]
    [InlineData(200_000)]
    public async Task Datagrams_that_nobody_receives_fail(int bytes)
    {
        (string file, _) = MakeFile(bytes);
        Nlab.Ended sender = await Nlab.Run("send", file, $"udp://127.0.0.1:{Ports.Free()}");
        Assert.Equal(1, sender.ExitCode);
        Assert.Contains("nobody listens there", sender.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_and_listen_carry_standard_input_both_ways()
    {
        string url = $"tcp://127.0.0.1:{Ports.Free()}";
        using Nlab server = Nlab.Start(null, "listen", url);
        await server.Listening();
        using Nlab client = Nlab.Start(null, "connect", url);
        await client.Input.WriteAsync("question");
        client.Input.Close();
        await server.Input.WriteAsync("answer");
        server.Input.Close();
        Assert.Equal((0, "answer"), (await client.End()) is var c ? (c.ExitCode, c.Output) : default);
        Assert.Equal((0, "question"), (await server.End()) is var s ? (s.ExitCode, s.Output) : default);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private (string Path, byte[] Bytes) MakeFile(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        string path = Path.Combine(_folder.FullName, "file");
        File.WriteAllBytes(path, bytes);
        return (path, bytes);
    }
}
