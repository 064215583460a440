using System.Diagnostics;
using System.Security.Cryptography;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Transfers;

/// <summary>Receives one file by fire-and-forget UDP: keeps it only if, by luck, all of it came.</summary>
internal sealed class DatagramFileReceiver : IDisposable
{
    // A file whose size the network claims is written sparse; beyond this, a made-up offset would fill a disk.
    private const long MaxFileSize = 1L << 40;

    // Senders of which one datagram has come: each is remembered with it until a second one comes.
    private const int MaxCandidates = 64;

    private readonly DatagramSocket _socket;
    private readonly DatagramSink _sink;
    private readonly DatagramPoller _poller = new();
    private readonly IncomingFile _file;
    private readonly List<(long Offset, int Length)> _pieces = [];
    private readonly PeerTable<FlowId, byte[]> _firsts = new(MaxCandidates);
    private FlowId? _flow;
    private long _delivered;
    private long _messages;
    private (long Size, byte[] Sha256)? _end;

    /// <param name="socket">Receives; stays the caller's.</param>
    /// <param name="path">Where the file goes.</param>
    /// <param name="tap">Sees each datagram; null for not.</param>
    /// <param name="overwrite">Whether a file that stands there may be replaced.</param>
    public DatagramFileReceiver(DatagramSocket socket, string path, DatagramTap? tap, bool overwrite = true)
    {
        _socket = socket;
        _poller.Add(socket);
        _sink = new DatagramSink { Tap = tap, OnPayload = ProcessDatagram, Accepts = id => _flow is null || id == _flow };
        _file = new IncomingFile(path, overwrite);
    }

    /// <summary>The pieces that arrived, in the order of their positions.</summary>
    public IReadOnlyList<(long Offset, int Length)> Pieces => [.. _pieces.Order()];

    /// <summary>SHA-256 over what arrived, piece by piece; see <see cref="HashPieces"/>.</summary>
    public string PiecesSha256 { get; private set; } = "";

    /// <summary>SHA-256 over pieces of a file, which both ends can compute of what one of them received.</summary>
    public static string HashPieces(Stream file, IEnumerable<(long Offset, int Length)> pieces)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[DatagramSocket.MaxDatagramSize];
        foreach ((long offset, int length) in pieces)
        {
            file.Position = offset;
            file.ReadExactly(buffer, 0, length);
            hash.AppendData(buffer, 0, length);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Receives until the end was told, or the sender fell silent.</summary>
    /// <param name="firstWait">How long to wait for the first datagram; null for ever.</param>
    /// <param name="silence">How long the sender may then be silent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public TransferReport Receive(TimeSpan? firstWait, TimeSpan silence, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration wake = cancellationToken.Register(_poller.Wake);
        var readable = new List<DatagramSocket>();
        long? started = null;
        long last = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan? allowed = started is null ? firstWait : silence;

            // After the end was told, what is still on its way gets a little longer.
            allowed = _end is null ? allowed : TimeSpan.FromMilliseconds(300);
            TimeSpan? left = allowed - Stopwatch.GetElapsedTime(last);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            _poller.Wait(left ?? Timeout.InfiniteTimeSpan, readable);
            bool hadEnd = _end is not null;
            long messages = _messages;
            _sink.Receive(_socket);
            if (_messages > messages)
            {
                started ??= Stopwatch.GetTimestamp();
                last = hadEnd ? last : Stopwatch.GetTimestamp();
            }
        }

        if (_flow is not { } flow || started is null)
        {
            throw new TimeoutException("no file came: the sender was silent");
        }

        return Report(_sink.Find(flow)!, Stopwatch.GetElapsedTime(started.Value, last));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _poller.Dispose();
        _file.Dispose();
    }

    private TransferReport Report(FlowStatistics flow, TimeSpan elapsed)
    {
        // Only what arrived is ever read back: a position that a stranger made up must not make us read a terabyte.
        PiecesSha256 = _file.Read(stream => HashPieces(stream, Pieces));
        bool complete = _end is { } end && end.Size == _delivered && end.Size == _file.Length;
        string digest = complete ? Convert.ToHexStringLower(_file.Hash()) : PiecesSha256;
        bool intact = complete && digest == Convert.ToHexStringLower(_end!.Value.Sha256);
        if (intact)
        {
            _file.Keep();
        }

        return new TransferReport("received", Path.GetFileName(_file.FinalPath), _end?.Size ?? _delivered, elapsed, digest)
        {
            Datagrams = flow.Received,
            Lost = flow.Lost,
            DeliveredBytes = _delivered,
            Intact = intact,
        };
    }

    // The first flow of which two datagrams come is the file, and from then on the sink takes no other: no other sender's mixes into
    // it, and a single stray datagram is nobody's file.
    private void ProcessDatagram(in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress from)
    {
        var id = new FlowId(from, header.Flow);
        if (_flow is null)
        {
            if (!_firsts.TryMeet(id, out byte[]? first))
            {
                _firsts.Add(id, payload.ToArray(), out _);
                return;
            }

            _flow = id;
            Take(first);
        }

        Take(payload);
    }

    private void Take(ReadOnlySpan<byte> payload)
    {
        _messages++;
        if (DatagramFileMessage.TryReadData(payload, out long offset, out ReadOnlySpan<byte> data) && offset + data.Length <= MaxFileSize)
        {
            _file.Write(offset, data);
            _delivered += data.Length;
            _pieces.Add((offset, data.Length));
        }
        else if (DatagramFileMessage.TryReadEnd(payload, out long size, out byte[] sha256))
        {
            _end ??= (size, sha256);
        }
    }
}
