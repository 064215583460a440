using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Streams;

/// <summary>Standard input to a peer as datagrams, a read each, and the peer's datagrams to standard output.</summary>
internal static class DatagramConversation
{
    // Small enough for every Ethernet path; a longer read is several datagrams.
    private const int MaxPayload = 1400;

    // Answers to the last words may take this long; UDP has no end to wait for.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>Speaks to an address; ends a second after the end of input and the last answer.</summary>
    public static Task<int> ConnectAsync(LabAddress address, StreamOptions options, CancellationToken cancellationToken)
    {
        IPEndPoint remote = address.ResolvePeer(options.AllowRemote);
        var any = new IPEndPoint(remote.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        return RunAsync(DatagramSocket.Bind(any, new DatagramSocketOptions { Remote = remote }), DatagramAddress.From(remote), options, endsWithInput: true, cancellationToken);
    }

    /// <summary>Listens at an address, and speaks to whoever spoke last.</summary>
    public static async Task<int> ListenAsync(LabAddress address, StreamOptions options, CancellationToken cancellationToken)
    {
        DatagramSocket socket;
        try
        {
            socket = DatagramSocket.Bind(address.Resolve(options.AllowRemote));
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(address, error);
        }

        await Console.Error.WriteLineAsync($"listening on {address.At(socket.LocalEndPoint)}").ConfigureAwait(false);
        return await RunAsync(socket, null, options, endsWithInput: false, cancellationToken).ConfigureAwait(false);
    }

    private static Task<int> RunAsync(
        DatagramSocket socket, DatagramAddress? peer, StreamOptions options, bool endsWithInput, CancellationToken cancellationToken)
    {
        DatagramTap? tap = options.Recorder?.AddPlace(options.Place, () => socket.LocalEndPoint, asTcp: false);
        return Task.Run(() => Run(socket, peer, tap, endsWithInput, cancellationToken), cancellationToken);
    }

    private static int Run(DatagramSocket socket, DatagramAddress? peer, DatagramTap? tap, bool endsWithInput, CancellationToken cancellationToken)
    {
        using DatagramSocket owned = socket;
        using var poller = new DatagramPoller();
        poller.Add(socket);
        using CancellationTokenRegistration wake = cancellationToken.Register(poller.Wake);
        using var input = new StandardInput(MaxPayload, poller.Wake);
        using Stream output = StandardOutput.Open();
        byte[] buffer = new byte[DatagramSocket.ReceiveBufferLength];
        var readable = new List<DatagramSocket>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            DatagramReceiveStatus status;
            while ((status = socket.TryReceive(buffer, out DatagramBatch batch)) != DatagramReceiveStatus.Empty)
            {
                if (status == DatagramReceiveStatus.Refused)
                {
                    throw new IOException($"{peer}: nobody listens there");
                }

                peer = batch.From;
                tap?.Invoke(batch.ReceivedAt, buffer.AsSpan(0, batch.Length), batch.From, false);
                output.Write(buffer.AsSpan(0, batch.Length));
                output.Flush();
            }

            while (peer is { } to && input.TryTake(out byte[]? words))
            {
                while (socket.TrySend(words, words.Length, to, out _) == DatagramSendStatus.Blocked)
                {
                    poller.Wait(Timeout.InfiniteTimeSpan, readable, socket);
                }

                tap?.Invoke(Udp.Time.MonotonicClock.Shared.Now, words, to, true);
            }

            bool leaving = endsWithInput && input.IsEnded;
            poller.Wait(leaving ? LastWords : Timeout.InfiniteTimeSpan, readable);
            if (leaving && readable.Count == 0)
            {
                return ExitCode.Done;
            }
        }
    }
}
