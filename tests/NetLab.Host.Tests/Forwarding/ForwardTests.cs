using System.Net;
using System.Net.Sockets;
using System.Text;
using NetLab.Host.Forwarding;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Tests.Forwarding;

/// <summary>A bridge between any two transports passes on bytes, ends, resets and back-pressure.</summary>
public sealed class ForwardTests
{
    [Theory]
    [InlineData("tcp", "tcp")]
    [InlineData("tcp", "kernel-tcp")]
    [InlineData("kernel-tcp", "tcp")]
    [InlineData("kernel-tcp", "kernel-tcp")]
    public async Task A_stream_passes_whole_and_its_half_close_with_it(string from, string to)
    {
        await using var lab = new ForwardLab(Transport(from), Transport(to));
        byte[] sent = Bytes(1 << 20);
        Task echo = lab.EchoStreamAsync();
        await using (LabStream client = await lab.ConnectAsync())
        {
            await client.Output.WriteAsync(sent);
            await client.Output.CompleteAsync();
            Assert.Equal(sent, await ForwardLab.ReadAllAsync(client.Input).WaitAsync(Patience));
        }

        await echo.WaitAsync(Patience);
        ForwardConnection counted = await OverAsync(lab);
        Assert.Equal((sent.Length, sent.Length, null), (counted.BytesUp, counted.BytesDown, counted.Failure));
    }

    [Theory]
    [InlineData("tcp", "udp")]
    [InlineData("tcp", "kernel-udp")]
    [InlineData("kernel-tcp", "udp")]
    [InlineData("kernel-tcp", "kernel-udp")]
    public async Task Of_a_stream_a_piece_is_a_datagram(string from, string to)
    {
        await using var lab = new ForwardLab(Transport(from), Transport(to));
        await using LabStream client = await lab.ConnectAsync();
        Task echo = lab.EchoDatagramAsync();
        await client.Output.WriteAsync("hello"u8.ToArray());
        await echo.WaitAsync(Patience);
        var read = await client.Input.ReadAtLeastAsync(5).AsTask().WaitAsync(Patience);
        Assert.Equal("hello", Encoding.ASCII.GetString(System.Buffers.BuffersExtensions.ToArray(read.Buffer)));
        client.Input.AdvanceTo(read.Buffer.End);
    }

    [Theory]
    [InlineData("udp", "tcp")]
    [InlineData("udp", "kernel-tcp")]
    [InlineData("kernel-udp", "tcp")]
    [InlineData("kernel-udp", "kernel-tcp")]
    public async Task A_sender_of_datagrams_is_a_stream_to_the_target(string from, string to)
    {
        await using var lab = new ForwardLab(Transport(from), Transport(to));
        using var client = new UdpClient();
        client.Connect(IPAddress.Loopback, lab.Chain.Address.Port);
        await client.SendAsync("hello"u8.ToArray());
        await using LabStream server = await lab.AcceptAsync().WaitAsync(Patience);
        var read = await server.Input.ReadAtLeastAsync(5).AsTask().WaitAsync(Patience);
        server.Input.AdvanceTo(read.Buffer.End);
        await server.Output.WriteAsync("there"u8.ToArray());
        Assert.Equal("there", Encoding.ASCII.GetString((await client.ReceiveAsync().WaitAsync(Patience)).Buffer));
    }

    [Theory]
    [InlineData("tcp", "kernel-tcp")]
    [InlineData("kernel-tcp", "tcp")]
    public async Task A_reset_of_either_side_is_one_at_the_other(string from, string to)
    {
        await using var lab = new ForwardLab(Transport(from), Transport(to));
        await using (LabStream client = await lab.ConnectAsync())
        {
            await client.Output.WriteAsync("x"u8.ToArray());
            await using LabStream server = await lab.AcceptAsync().WaitAsync(Patience);
            server.Input.AdvanceTo((await server.Input.ReadAsync()).Buffer.End);
            server.Abort();
            await Assert.ThrowsAnyAsync<IOException>(() => ForwardLab.ReadAllAsync(client.Input).WaitAsync(Patience));
        }

        await using (LabStream client = await lab.ConnectAsync())
        {
            await client.Output.WriteAsync("x"u8.ToArray());
            await using LabStream server = await lab.AcceptAsync().WaitAsync(Patience);
            client.Abort();
            await Assert.ThrowsAnyAsync<IOException>(() => ForwardLab.ReadAllAsync(server.Input).WaitAsync(Patience));
        }

        Assert.Equal(2, lab.Chain.Front.Accepted);
    }

    [Theory]
    [InlineData("tcp", "kernel-tcp")]
    [InlineData("kernel-tcp", "tcp")]
    public async Task A_target_that_reads_nothing_holds_its_client_back(string from, string to)
    {
        const int Most = 256 << 20;
        await using var lab = new ForwardLab(Transport(from), Transport(to));
        await using LabStream client = await lab.ConnectAsync();
        byte[] piece = Bytes(1 << 16);
        long written = 0;
        Task writing = Task.Run(async () =>
        {
            while (Interlocked.Read(ref written) < Most)
            {
                await client.Output.WriteAsync(piece);
                Interlocked.Add(ref written, piece.Length);
            }
        });
        await using LabStream server = await lab.AcceptAsync().WaitAsync(Patience);

        // Whole exchanges beside it tell that nothing moves any more.
        await using LabStream other = await lab.ConnectAsync();
        await using LabStream otherServer = await lab.AcceptAsync().WaitAsync(Patience);
        long before = -1;
        for (int unmoved = 0; unmoved < 200; unmoved = Interlocked.Read(ref written) == before ? unmoved + 1 : 0)
        {
            before = Interlocked.Read(ref written);
            await other.Output.WriteAsync("ping"u8.ToArray());
            var asked = await otherServer.Input.ReadAtLeastAsync(4);
            otherServer.Input.AdvanceTo(asked.Buffer.End);
        }

        Assert.InRange(before, 1, Most / 4);
        Assert.False(writing.IsCompleted);

        // And goes on once it is read.
        long received = 0;
        while (received <= before)
        {
            var read = await server.Input.ReadAsync().AsTask().WaitAsync(Patience);
            received += read.Buffer.Length;
            server.Input.AdvanceTo(read.Buffer.End);
        }

        client.Abort();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Theory]
    [InlineData("kernel-tcp", "kernel-tcp")]
    [InlineData("kernel-tcp", "tcp")]
    [InlineData("tcp", "kernel-tcp")]
    public async Task Over_a_link_with_loss_everything_arrives_all_the_same(string from, string to)
    {
        await using var lab = new ForwardLab(Transport(from), Transport(to), "delay=1ms,loss=5%");
        byte[] sent = Bytes(512 << 10);
        Task echo = lab.EchoStreamAsync();
        await using LabStream client = await lab.ConnectAsync();
        await client.Output.WriteAsync(sent);
        await client.Output.CompleteAsync();
        Assert.Equal(sent, await ForwardLab.ReadAllAsync(client.Input).WaitAsync(Patience));
        await echo.WaitAsync(Patience);
        Assert.True(lab.Chain.Relay!.Up.Lost > 0 && lab.Chain.Relay.Down.Lost > 0);
    }

    [Fact]
    public async Task Many_at_once_are_kept_apart_and_counted()
    {
        const int Many = 300;
        await using var lab = new ForwardLab(LabTransport.KernelTcp, LabTransport.Tcp);
        Task serving = Task.WhenAll(Enumerable.Range(0, Many).Select(_ => lab.EchoStreamAsync()));
        await Task.WhenAll(Enumerable.Range(1, Many).Select(async i =>
        {
            await using LabStream client = await lab.ConnectAsync();
            byte[] own = Bytes(1000 + i);
            await client.Output.WriteAsync(own);
            await client.Output.CompleteAsync();
            Assert.Equal(own, await ForwardLab.ReadAllAsync(client.Input));
        })).WaitAsync(Patience);
        await serving.WaitAsync(Patience);
        long sum = Enumerable.Range(1, Many).Sum(i => 1000L + i);
        Assert.Equal((Many, 0, 0, sum, sum), (lab.Chain.Front.Accepted, lab.Chain.Front.Failed, lab.Chain.Front.Refused, lab.Chain.Front.BytesUp, lab.Chain.Front.BytesDown));
    }

    [Fact]
    public async Task A_target_that_is_not_there_is_a_reset_to_the_client()
    {
        var nobody = new LabAddress(LabTransport.KernelTcp, "127.0.0.1", 1);
        var streams = new StreamOptions(null, AllowRemote: false);
        await using ForwardChain chain = ForwardChain.Bind(new LabAddress(LabTransport.KernelTcp, "127.0.0.1", 0), nobody, streams, null, 1, null, null);
        using var over = new CancellationTokenSource();
        Task running = chain.RunAsync(over.Token);

        // It may come as early as in the handshake.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await using LabStream client = await StreamConnector.ConnectAsync(chain.Address, streams, CancellationToken.None);
            await ForwardLab.ReadAllAsync(client.Input).WaitAsync(Patience);
        });

        await over.CancelAsync();
        await running;
        Assert.Equal(1, chain.Front.Failed);
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static LabTransport Transport(string scheme) => LabAddress.TransportOf(scheme)!.Value;

    // A connection is over once both its directions are; that is a moment after the client has read the end.
    private static async Task<ForwardConnection> OverAsync(ForwardLab lab)
    {
        while (lab.Chain.Front.Over.Count == 0)
        {
            await Task.Yield();
        }

        return lab.Chain.Front.Over.Single();
    }
}
