using System.Diagnostics;
using System.Security.Cryptography;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Transfers;

/// <summary>Sends one file by fire-and-forget UDP: paced, nothing sent again, nobody answers.</summary>
internal static class DatagramFileSender
{
    // The end is told this often: at 30 % loss one in 10^5 transfers would lose them all.
    private const int EndRepeats = 10;

    private const string NobodyListens = "nobody listens there";

    /// <summary>Sends.</summary>
    /// <param name="socket">Sends; stays the caller's.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="flow">Number of the flow.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="settings">Pace and size of datagrams.</param>
    /// <param name="progress">Told how many bytes have been sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The system says that nobody listens there.</exception>
    public static async Task<TransferReport> SendAsync(
        DatagramSocket socket, DatagramAddress to, uint flow, string name, Stream content, DatagramFileSettings settings,
        IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        var source = new DatagramSource(socket, to, flow, settings.BitsPerSecond) { Tap = settings.Tap };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] message = new byte[settings.DatagramSize - ProbeHeader.Size];
        long offset = 0;
        while (true)
        {
            int read = await content.ReadAtLeastAsync(
                message.AsMemory(DatagramFileMessage.DataHeaderSize), message.Length - DatagramFileMessage.DataHeaderSize,
                throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            hash.AppendData(message, DatagramFileMessage.DataHeaderSize, read);
            DatagramFileMessage.WriteData(message, offset);
            await SendOneAsync(source, message.AsMemory(0, DatagramFileMessage.DataHeaderSize + read), cancellationToken).ConfigureAwait(false);
            offset += read;
            progress?.Report(offset);
            if (source.Unreachable > 0)
            {
                throw new IOException(NobodyListens);
            }
        }

        byte[] digest = hash.GetHashAndReset();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        byte[] end = DatagramFileMessage.End(offset, digest);
        for (int i = 0; i < EndRepeats; i++)
        {
            await SendOneAsync(source, end, cancellationToken).ConfigureAwait(false);
            await Task.Delay(10, cancellationToken).ConfigureAwait(false);

            // Behind the first end only: a receiver that has heard one may go. The system says it once, to a call that sends or to one
            // that receives.
            if (i == 0 && (source.Unreachable > 0 || socket.TryReceive(message, out _) == DatagramReceiveStatus.Refused))
            {
                throw new IOException(NobodyListens);
            }
        }

        return new TransferReport("sent", name, offset, elapsed, Convert.ToHexStringLower(digest)) { Datagrams = source.Sent };
    }

    private static async Task SendOneAsync(DatagramSource source, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        // A timer of the system is good to a millisecond; the source lets that much be caught up.
        while (source.UntilNextSend is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait, cancellationToken).ConfigureAwait(false);
        }

        while (!source.TrySend(message))
        {
            await Task.Delay(1, cancellationToken).ConfigureAwait(false);
        }
    }
}
