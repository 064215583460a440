using System.IO.Pipelines;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>How the pipes of a connection are set up.</summary>
public sealed class ConnectionPipesTests
{
    /// <summary>The pipe does not say whether somebody waits: what is said instead is compared with what a flush does.</summary>
    [Fact]
    public async Task A_writer_waits_when_the_pipe_says_so()
    {
        const int SendBuffer = 100_000;
        using var pipes = new ConnectionPipes(
            new TcpEndpointOptions { Connection = new ConnectionOptions { SendBufferSize = SendBuffer } }, PipeScheduler.Inline);
        var pipe = new Pipe(pipes.Output);
        bool waits = false;
        var random = new Random(1);
        var seen = new HashSet<bool>();
        for (int round = 0; round < 200; round++)
        {
            ValueTask<FlushResult> flush = pipe.Writer.WriteAsync(new byte[random.Next(1, 40_000)]);
            while (true)
            {
                Assert.True(pipe.Reader.TryRead(out ReadResult read));
                waits = pipes.WriterWaits(read.Buffer.Length, waits);
                Assert.Equal(!flush.IsCompleted, waits);
                seen.Add(waits);
                int consumed = waits ? random.Next(1, 20_000) : 0;
                pipe.Reader.AdvanceTo(read.Buffer.GetPosition(consumed));
                if (!waits)
                {
                    break;
                }
            }

            await flush;
        }

        Assert.Equal(2, seen.Count);
    }
}
