using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>One end of a byte stream, as an application sees it, whoever carries it.</summary>
internal abstract class StreamEnd : IAsyncDisposable
{
    public abstract PipeReader Input { get; }

    public abstract PipeWriter Output { get; }

    /// <summary>Says that nothing follows what was written.</summary>
    public abstract ValueTask ShutdownSend();

    /// <summary>Gives up at once: the peer sees a reset.</summary>
    public abstract void Abort();

    public abstract ValueTask DisposeAsync();

    /// <summary>Two ends on loopback, connected.</summary>
    public static Task<(StreamEnd Client, StreamEnd Server)> OpenPair(StreamCarrier carrier) =>
        carrier == StreamCarrier.NetLab ? OpenNetLab() : OpenKernel();

    private static async Task<(StreamEnd Client, StreamEnd Server)> OpenNetLab()
    {
        ConnectedPair pair = await ConnectedPair.Open();
        return (new NetLabEnd(pair, pair.Client), new NetLabEnd(pair, pair.Server));
    }

    private static async Task<(StreamEnd Client, StreamEnd Server)> OpenKernel()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        return (new KernelEnd(client), new KernelEnd(await listener.AcceptAsync()));
    }

    private sealed class NetLabEnd(ConnectedPair pair, TcpConnection connection) : StreamEnd
    {
        public override PipeReader Input => connection.Transport.Input;

        public override PipeWriter Output => connection.Transport.Output;

        public override ValueTask ShutdownSend() => Output.CompleteAsync();

        public override void Abort() => connection.Abort();

        public override async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            if (pair.Client.Ended.IsCompleted && pair.Server.Ended.IsCompleted)
            {
                await pair.DisposeAsync();
            }
        }
    }

    private sealed class KernelEnd : StreamEnd
    {
        private readonly Socket _socket;
        private readonly NetworkStream _stream;

        public KernelEnd(Socket socket)
        {
            _socket = socket;
            _stream = new NetworkStream(socket);
            Input = PipeReader.Create(_stream);
            Output = PipeWriter.Create(_stream, new StreamPipeWriterOptions(leaveOpen: true));
        }

        public override PipeReader Input { get; }

        public override PipeWriter Output { get; }

        public override ValueTask ShutdownSend()
        {
            _socket.Shutdown(SocketShutdown.Send);
            return ValueTask.CompletedTask;
        }

        public override void Abort() => _socket.Close(0);

        public override ValueTask DisposeAsync()
        {
            _socket.Dispose();
            return _stream.DisposeAsync();
        }
    }
}
