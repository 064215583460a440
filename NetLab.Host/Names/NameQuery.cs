using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Names;

/// <summary>
/// Asks a server of names: by datagram, again when no answer comes, and by the kernel's TCP at the same port when one comes cut (RFC 7766, 5); or by
/// a stream at once where the address is one.
/// </summary>
/// <param name="question">What is asked.</param>
/// <param name="streams">How a stream is opened; its time-out is that of one try.</param>
internal sealed class NameQuery(DnsQuestion question, StreamOptions streams)
{
    /// <summary>How often is asked by datagram.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>The largest datagram that is taken, as OPT says it; null to send no OPT.</summary>
    public int? Size { get; init; } = Edns.MaxSize;

    /// <summary>Whether the server is asked to ask others.</summary>
    public bool IsRecursive { get; init; } = true;

    /// <summary>Whether what comes cut is left so.</summary>
    public bool KeepsCut { get; init; }

    /// <summary>Datagrams that were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Whether a stream was asked.</summary>
    public bool UsedStream { get; private set; }

    /// <summary>From the first question to the last octet of the answer.</summary>
    public TimeSpan Elapsed { get; private set; }

    private TimeSpan Timeout => streams.Timeout ?? TimeSpan.FromSeconds(1);

    /// <summary>Asks.</summary>
    /// <param name="server">The server.</param>
    /// <param name="entry">Where datagrams are sent to instead, such as a link before the server; null for straight there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Nobody is there, or no answer came.</exception>
    public async Task<DnsAnswer> AskAsync(LabAddress server, IPEndPoint? entry, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        byte[] message = QuestionWriter.Write(question, (ushort)Random.Shared.Next(ushort.MaxValue + 1), Size, IsRecursive);
        DnsAnswer answer;
        if (server.IsStream)
        {
            answer = await AskStreamAsync(server, message, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            IPEndPoint peer = entry ?? await server.ResolvePeerAsync(streams.AllowRemote, cancellationToken).ConfigureAwait(false);
            answer = await AskDatagramAsync(server, peer, message, cancellationToken).ConfigureAwait(false);
            if (answer.Header.Has(DnsHeader.Truncated) && !KeepsCut)
            {
                answer = await AskStreamAsync(server with { Transport = LabTransport.KernelTcp }, message, cancellationToken).ConfigureAwait(false);
            }
        }

        Elapsed = Stopwatch.GetElapsedTime(start);
        return answer;
    }

    private async Task<DnsAnswer> AskDatagramAsync(LabAddress server, IPEndPoint peer, byte[] message, CancellationToken cancellationToken)
    {
        using var socket = new Socket(peer.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(peer, cancellationToken).ConfigureAwait(false);
        DatagramTap? tap = streams.Recorder?.AddPlace(streams.Place, () => (IPEndPoint)socket.LocalEndPoint!, asTcp: false);
        byte[] buffer = new byte[DnsResponder.MaxMessage];
        for (int i = 0; i < Tries; i++)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            late.CancelAfter(Timeout);
            try
            {
                await socket.SendAsync(message, late.Token).ConfigureAwait(false);
                Sent++;
                tap?.Invoke(MonotonicClock.Shared.Now, message, DatagramAddress.From(peer), true);
                while (true)
                {
                    int length = await socket.ReceiveAsync(buffer, late.Token).ConfigureAwait(false);
                    tap?.Invoke(MonotonicClock.Shared.Now, buffer.AsSpan(0, length), DatagramAddress.From(peer), false);

                    // An answer to another question, or one that came late, is none to this (RFC 5452, 9.1).
                    if (Fitting(buffer.AsSpan(0, length), message) is { } answer)
                    {
                        return answer;
                    }
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // It may have been lost, either way.
            }
            catch (SocketException error)
            {
                throw new IOException($"{server}: {(error.SocketErrorCode == SocketError.ConnectionRefused ? "nobody listens there" : error.Message)}", error);
            }
        }

        throw new IOException($"{server}: no answer to {Tries} questions of {Timeout.TotalSeconds:0.###} s");
    }

    private async Task<DnsAnswer> AskStreamAsync(LabAddress server, byte[] message, CancellationToken cancellationToken)
    {
        UsedStream = true;
        LabStream stream = await StreamConnector.ConnectAsync(server, streams, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            byte[] framed = [0, 0, .. message];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
            await stream.Output.WriteAsync(framed, cancellationToken).ConfigureAwait(false);
            byte[]? answer = await DnsStream.ReadAsync(stream.Input, Timeout * Tries, cancellationToken).ConfigureAwait(false);
            return answer is null ? throw new IOException($"{server}: no answer")
                : Fitting(answer, message) ?? throw new IOException($"{server}: what came is no answer to the question");
        }
    }

    private DnsAnswer? Fitting(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> asked) =>
        DnsAnswer.Read(bytes) is { } answer && bytes[..2].SequenceEqual(asked[..2]) && (answer.Question is null || answer.Question.Name.Equals(question.Name) && answer.Question.Type == question.Type)
            ? answer
            : null;
}
