using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Tcp.Counters;

namespace NetLab.Host.Measurement.Streams;

/// <summary><c>kernel-tcp</c>: .NET's sockets as they are, blocking, on threads of their own. The yardstick.</summary>
internal sealed class KernelPerfConnection(Socket socket, bool polls) : PerfConnection
{
    // linux/tcp.h.
    private const int MaximumSegment = 2; // TCP_MAXSEG
    private const int Information = 11; // TCP_INFO
    private const int CongestionControl = 13; // TCP_CONGESTION
    private const int RoundTripAt = 68; // tcpi_rtt
    private const int CongestionWindowAt = 80; // tcpi_snd_cwnd
    private const int RetransmissionsAt = 100; // tcpi_total_retrans
    private const int SendSegmentSizeAt = 16; // tcpi_snd_mss
    private const int UnacknowledgedAt = 24; // tcpi_unacked
    private const int RoundTripVariationAt = 72; // tcpi_rttvar
    private const int SlowStartThresholdAt = 76; // tcpi_snd_ssthresh
    private const int AcknowledgedAt = 120; // tcpi_bytes_acked, since Linux 4.1
    private const int BusyAt = 168; // tcpi_busy_time, since Linux 4.10, as those behind it
    private const int ReceiveWindowLimitedAt = 176; // tcpi_rwnd_limited
    private const int SendBufferLimitedAt = 184; // tcpi_sndbuf_limited
    private const int InformationSize = 104;
    private const int LongInformationSize = 192;

    // TCP_INFINITE_SSTHRESH: not yet known.
    private const uint UnknownThreshold = 0x7FFF_FFFF;

    private readonly long _began = Stopwatch.GetTimestamp();

    private const int ReadSize = 256 << 10;

    private readonly KernelWait _wait = new(polls);

    public override EndPoint? Peer { get; } = PeerOf(socket);

    public override long Retransmissions => Read(RetransmissionsAt);

    public override long? Acknowledged
    {
        get
        {
            Span<byte> info = stackalloc byte[LongInformationSize];
            return OperatingSystem.IsLinux() && socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, Information, info) == LongInformationSize
                ? BitConverter.ToInt64(info[AcknowledgedAt..])
                : null;
        }
    }

    public override long CongestionWindow => Read(CongestionWindowAt) * Read(SendSegmentSizeAt);

    public override TimeSpan RoundTrip => TimeSpan.FromMicroseconds(Read(RoundTripAt));

    public override PerfSenderState State
    {
        get
        {
            long segment = Read(SendSegmentSizeAt);
            uint threshold = Read(SlowStartThresholdAt);
            return new(threshold >= UnknownThreshold ? 0 : threshold * segment, Read(UnacknowledgedAt) * segment, TimeSpan.FromMicroseconds(Read(RoundTripVariationAt)));
        }
    }

    public override SendLimitTimes? Limits
    {
        get
        {
            Span<byte> info = stackalloc byte[LongInformationSize];
            if (!OperatingSystem.IsLinux() || socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, Information, info) < LongInformationSize)
            {
                return null;
            }

            // The kernel counts pacing with the window: nobody tells them apart from outside.
            TimeSpan busy = Microseconds(info, BusyAt);
            TimeSpan receiveWindow = Microseconds(info, ReceiveWindowLimitedAt);
            TimeSpan sendBuffer = Microseconds(info, SendBufferLimitedAt);
            TimeSpan idle = Stopwatch.GetElapsedTime(_began) - busy;
            return new(busy - receiveWindow - sendBuffer, receiveWindow, sendBuffer, idle > TimeSpan.Zero ? idle : TimeSpan.Zero, TimeSpan.Zero);
        }
    }

    public override string? Congestion
    {
        get
        {
            Span<byte> name = stackalloc byte[16]; // TCP_CA_NAME_MAX
            return OperatingSystem.IsLinux()
                ? Encoding.ASCII.GetString(name[..socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, CongestionControl, name)]).TrimEnd('\0')
                : null;
        }
    }

    /// <summary>Asks for a largest segment and a congestion control, before the connection is made.</summary>
    /// <exception cref="IOException">The kernel has no such congestion control.</exception>
    public static void Prepare(Socket socket, int segmentSize, string? congestion)
    {
        socket.NoDelay = true;
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, MaximumSegment, BitConverter.GetBytes(Math.Clamp(segmentSize, 88, 32_767)));
        if (congestion is not null)
        {
            try
            {
                socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, CongestionControl, Encoding.ASCII.GetBytes(congestion));
            }
            catch (SocketException)
            {
                throw new IOException($"this kernel has no congestion control '{congestion}'");
            }
        }
    }

    public override Task SendPatternAsync(Func<long, ValueTask<long>> more, CancellationToken cancellationToken) => OnThread(() =>
    {
        long sent = 0;
        long allowed;
        while ((allowed = more(sent).AsTask().GetAwaiter().GetResult()) > 0)
        {
            // The kernel may take part of it: the pattern goes on where it stopped.
            ReadOnlySpan<byte> rest = BytePattern.Piece.Span[(int)(sent % BytePattern.Period)..];
            sent += socket.Send(rest[..(int)Math.Min(allowed, rest.Length)]);
        }

        socket.Shutdown(SocketShutdown.Send);
    });

    public override Task ReceivePatternAsync(PatternCheck check, CancellationToken cancellationToken) => OnThread(() =>
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(ReadSize, pinned: true);
        int read;
        while ((read = _wait.Receive(socket, buffer)) > 0)
        {
            check.Take(buffer.AsSpan(0, read));
        }
    });

    public override Task PingPongAsync(
        ReadOnlyMemory<byte> message, Func<ValueTask<bool>> more, Action<TimeSpan, bool> onRoundTrip, CancellationToken cancellationToken) => OnThread(() =>
    {
        byte[] answer = new byte[message.Length];
        while (more().AsTask().GetAwaiter().GetResult())
        {
            long started = Stopwatch.GetTimestamp();
            socket.Send(message.Span);
            for (int length = 0; length < answer.Length;)
            {
                int read = _wait.Receive(socket, answer.AsSpan(length));
                length += read > 0 ? read : throw new IOException("the stream ended where an answer was due");
            }

            onRoundTrip(Stopwatch.GetElapsedTime(started), answer.AsSpan().SequenceEqual(message.Span));
        }

        socket.Shutdown(SocketShutdown.Send);
    });

    public override Task EchoAsync(CancellationToken cancellationToken) => OnThread(() =>
    {
        byte[] buffer = new byte[ReadSize];
        int read;
        while ((read = _wait.Receive(socket, buffer)) > 0)
        {
            socket.Send(buffer.AsSpan(0, read));
            Echoed += read;
        }
    });

    public override Task EndAsync(CancellationToken cancellationToken) => OnThread(() => socket.Shutdown(SocketShutdown.Send));

    public override void Abort() => socket.Close(0);

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => OnThread(() => socket.Send(bytes.Span));

    public override async Task<byte[]> ReadLineAsync(int longest, CancellationToken cancellationToken)
    {
        // A byte at a time, so that nothing behind the line is taken.
        var line = new List<byte>();
        bool whole = false;
        Task reading = OnThread(() =>
        {
            byte[] one = new byte[1];
            while (!whole && line.Count < longest && socket.Receive(one) == 1)
            {
                whole = one[0] == (byte)'\n';
                if (!whole)
                {
                    line.Add(one[0]);
                }
            }
        });
        await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        return whole ? [.. line] : throw new IOException("the stream ended where a message was due");
    }

    /// <summary>
    /// Does something that blocks on a thread of its own. Never an asynchronous call: the first one would make .NET switch the
    /// socket to polling for good, and it would be no yardstick any more.
    /// </summary>
    public static Task OnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The same with a result.</summary>
    public static Task<T> OnThread<T>(Func<T> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static TimeSpan Microseconds(ReadOnlySpan<byte> info, int at) => TimeSpan.FromMicroseconds(MemoryMarshal.Read<ulong>(info[at..]));

    private static EndPoint? PeerOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint;
        }
        catch (SocketException)
        {
            // It was there, and has gone already.
            return null;
        }
    }

    private uint Read(int at)
    {
        Span<byte> info = stackalloc byte[InformationSize];
        return OperatingSystem.IsLinux() && socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, Information, info) == InformationSize
            ? MemoryMarshal.Read<uint>(info[at..])
            : 0;
    }
}
