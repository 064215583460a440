using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Forwarding;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Tests.Forwarding;

/// <summary>A forward with a target behind it that the test plays, and clients before it.</summary>
internal sealed class ForwardLab : IAsyncDisposable
{
    private static readonly StreamOptions Streams = new(null, AllowRemote: false);

    private readonly CancellationTokenSource _over = new();
    private readonly StreamListener? _listener;
    private readonly UdpClient? _datagrams;
    private readonly Task _running;

    public ForwardLab(LabTransport from, LabTransport to, string? link = null)
    {
        LabAddress target;
        if (new LabAddress(to, "127.0.0.1", 0).IsStream)
        {
            _listener = StreamListener.Bind(new LabAddress(to, "127.0.0.1", 0), Streams);
            target = _listener.Address;
        }
        else
        {
            _datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            target = new LabAddress(to, "127.0.0.1", ((IPEndPoint)_datagrams.Client.LocalEndPoint!).Port);
        }

        Chain = ForwardChain.Bind(new LabAddress(from, "127.0.0.1", 0), target, Streams, link is null ? null : LinkText.Parse(link), 7, null, null);
        _running = Chain.RunAsync(_over.Token);
    }

    /// <summary>The forward.</summary>
    public ForwardChain Chain { get; }

    /// <summary>Connects to it.</summary>
    public Task<LabStream> ConnectAsync() => StreamConnector.ConnectAsync(Chain.Address, Streams, CancellationToken.None);

    /// <summary>The target takes the next stream.</summary>
    public Task<LabStream> AcceptAsync() => _listener!.AcceptAsync(CancellationToken.None);

    /// <summary>The target answers the next datagram by the same bytes.</summary>
    public async Task EchoDatagramAsync()
    {
        UdpReceiveResult asked = await _datagrams!.ReceiveAsync();
        await _datagrams.SendAsync(asked.Buffer, asked.RemoteEndPoint);
    }

    /// <summary>The target takes all of the next stream, and then sends it back: it has seen the end of the one half.</summary>
    public async Task EchoStreamAsync()
    {
        await using LabStream stream = await AcceptAsync();
        byte[] all = await ReadAllAsync(stream.Input);
        await stream.Output.WriteAsync(all);
    }

    /// <summary>Reads a stream to its end.</summary>
    public static async Task<byte[]> ReadAllAsync(PipeReader input)
    {
        var all = new ArrayBufferWriter<byte>();
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
            {
                all.Write(piece.Span);
            }

            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return all.WrittenSpan.ToArray();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Chain.DisposeAsync();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _datagrams?.Dispose();
        _over.Dispose();
    }
}
