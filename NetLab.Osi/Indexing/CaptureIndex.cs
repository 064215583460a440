using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Statistics;

namespace NetLab.Osi.Indexing;

/// <summary>
/// A capture read once and then open at any packet: where each packet's bytes stand, the words of its row, and which packets a decoder must
/// have seen to take it apart as a decode from the front would. All of that stands in temporary files, so that memory does not
/// grow with the capture. <see cref="Build"/> runs on one thread; everything else may be asked by any number of threads meanwhile.
/// </summary>
public sealed class CaptureIndex : IDisposable
{
    // So many conversations are put into words when the capture ends.
    internal const int MaxConversations = 10_000;

    // Readers see packets in such steps, and the first ones soon.
    private const int PublishEvery = 8192;
    private const int FirstPublish = 64;

    private readonly SpoolFile _records = new();
    private readonly SpoolFile _rows = new();
    private readonly SpoolFile _spool = new();
    private readonly SafeFileHandle? _file;
    private readonly CaptureReader _reader;
    private readonly RowText _rowText = new();
    private readonly CaptureStatistics _statistics = new() { Top = MaxConversations };
    private readonly NumberedInterfaces _interfaces = new();
    private readonly ConversationLinks _links = new();
    private readonly StringBuilder _keyLog = new();
    private readonly object _published = new();
    private long _count;
    private long _next;
    private volatile bool _isComplete;

    /// <summary>Opens a capture; nothing is read before <see cref="Build"/>.</summary>
    /// <param name="reader">The capture from its beginning; closed with the index.</param>
    /// <param name="path">The file, to read packets again; null when they must be kept, for it cannot be read twice.</param>
    /// <param name="options">How packets are decoded; null for the defaults.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public CaptureIndex(CaptureReader reader, string? path, DecoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _reader = reader;
        Options = options ?? new DecoderOptions();
        _file = path is null ? null : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        FileBytes = _file is null ? null : RandomAccess.GetLength(_file);
    }

    /// <summary>How packets are decoded.</summary>
    public DecoderOptions Options { get; }

    /// <summary>Bytes of the file; null if it is none.</summary>
    public long? FileBytes { get; }

    /// <summary>Packets that can be asked for.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Whether the end of the capture was reached.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>What is wrong with the file, one line with the position; null as long as nothing is.</summary>
    public string? Damage { get; private set; }

    /// <summary>Nanoseconds since 1970 of the first packet that has a time; null as long as none has.</summary>
    public long? FirstTime { get; private set; }

    /// <summary>Nanoseconds since 1970 of the latest packet; null before the end of the capture.</summary>
    public long? LastTime => _isComplete ? _statistics.LastTime : null;

    /// <summary>What the capture adds up to; null before its end.</summary>
    public CaptureStatistics? Statistics => _isComplete ? _statistics : null;

    /// <summary>The largest conversations, ten thousand at most; none before the end of the capture.</summary>
    public IReadOnlyList<Conversation> Conversations { get; private set; } = [];

    /// <summary>How many conversations there are.</summary>
    public int ConversationCount { get; private set; }

    /// <summary>What is odd about the capture; nothing before its end.</summary>
    public IReadOnlyList<Anomaly> Anomalies { get; private set; } = [];

    /// <summary>The TLS secrets that the capture brought, or was opened with.</summary>
    internal string KeyLog
    {
        get
        {
            lock (_published)
            {
                return _keyLog.ToString();
            }
        }
    }

    /// <summary>The decoder that has seen the whole capture; null before its end.</summary>
    internal PacketDecoder? Whole { get; private set; }

    /// <summary>The conversations that have so many packets that decoding all before a later one takes long.</summary>
    internal IReadOnlyList<(bool IsUdp, int Conversation)> LongConversations => _links.Long;

    /// <summary>Adds TLS secrets to those that the capture brings; before <see cref="Build"/>.</summary>
    /// <param name="lines">Lines in the NSS Key Log Format.</param>
    public void AddKeyLog(string lines)
    {
        lock (_published)
        {
            _keyLog.Append(lines).Append('\n');
        }
    }

    /// <summary>Reads the capture to its end; a file that is damaged as far as it goes.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public void Build(CancellationToken cancellationToken = default)
    {
        var decoder = new PacketDecoder(_statistics.Observing(Options with { HashStreams = false, DecodeBodies = false }));
        if (_keyLog.Length > 0)
        {
            decoder.AddKeyLog(KeyLog);
        }

        try
        {
            DecodePipeline.Run(_reader, decoder, Add, onIdle: Publish, onKeyLog: AddKeyLog, cancellationToken: cancellationToken);
            Conversations = _statistics.Conversations(decoder, out int count);
            ConversationCount = count;
            Anomalies = _statistics.Anomalies(decoder);
        }
        finally
        {
            Damage = _reader.Damage;
            Whole = decoder;
            Publish();
            lock (_published)
            {
                _isComplete = true;
                Monitor.PulseAll(_published);
            }
        }
    }

    /// <summary>Waits until there is a packet of a number.</summary>
    /// <returns>False when the capture ended before it.</returns>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public bool WaitFor(long number, CancellationToken cancellationToken)
    {
        if (Count >= number)
        {
            return true;
        }

        using CancellationTokenRegistration wake = cancellationToken.Register(() =>
        {
            lock (_published)
            {
                Monitor.PulseAll(_published);
            }
        });
        lock (_published)
        {
            while (Count < number && !_isComplete)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(_published);
            }
        }

        return Count >= number;
    }

    /// <summary>Rows of the list.</summary>
    /// <param name="first">The number of the first packet, from 1.</param>
    /// <param name="count">How many; fewer come at the end.</param>
    public IReadOnlyList<IndexedPacket> Rows(long first, int count)
    {
        count = (int)Math.Clamp(Count - first + 1, 0, count);
        if (first < 1 || count == 0)
        {
            return [];
        }

        var records = new PacketRecord[count];
        ReadRecords(first, records);
        var rows = new IndexedPacket[count];
        byte[] words = new byte[records.Sum(r => r.RowLength)];
        _rows.Read(records[0].Row, words);
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            rows[i] = RowText.Parse(first + i, records[i], words.AsSpan(at, records[i].RowLength), FirstTime);
            at += records[i].RowLength;
        }

        return rows;
    }

    /// <summary>The row of one packet.</summary>
    /// <param name="number">Its ordinal in the capture.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such packet.</exception>
    public IndexedPacket Row(long number) => Rows(number, 1) is [var row] ? row : throw new ArgumentOutOfRangeException(nameof(number));

    /// <summary>The capture's time in equal parts, and what was seen in each. Packets without a time are not counted.</summary>
    /// <param name="count">How many parts, at least 1.</param>
    /// <param name="only">Only packets that a filter found; null for all.</param>
    public IReadOnlyList<CaptureInterval> Intervals(int count, FilterSearch? only = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return IntervalSums.Of(this, count, only);
    }

    /// <summary>Reads all packets from the first on, waiting for those that are not there yet.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public CaptureReader ReadAgain(CancellationToken cancellationToken = default) => new IndexedReader(this, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _file?.Dispose();
        _records.Dispose();
        _rows.Dispose();
        _spool.Dispose();
    }

    /// <summary>Whether a packet of a conversation can be asked for.</summary>
    /// <param name="isUdp">Whether it is a UDP conversation, and not a TCP stream.</param>
    /// <param name="conversation">Its number.</param>
    public bool Has(bool isUdp, int conversation) => LastOf(isUdp, conversation) > 0;

    /// <summary>Decodes a conversation from its beginning, as a decode of the whole capture would.</summary>
    /// <param name="isUdp">Whether it is a UDP conversation, and not a TCP stream.</param>
    /// <param name="conversation">Its number.</param>
    /// <param name="options">What is wanted of the decoder.</param>
    /// <param name="handler">Told of each packet; ends it by returning false.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>False if there is no such conversation.</returns>
    public bool Follow(bool isUdp, int conversation, DecoderOptions options, DecodePipeline.PacketHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        long last = LastOf(isUdp, conversation);
        if (last == 0)
        {
            return false;
        }

        PacketRecord record = Record(last);
        if (isUdp)
        {
            record.TcpStream = -1;
        }

        new ConversationReplay(this, record, options).Run(last, handler, cancellationToken);
        return true;
    }

    /// <summary>The note on a packet whose record says that it has one.</summary>
    internal string CommentOf(in PacketRecord record)
    {
        byte[] words = new byte[record.RowLength];
        _rows.Read(record.Row, words);
        return Encoding.UTF8.GetString(words.AsSpan(words.LastIndexOf((byte)0) + 1));
    }

    /// <summary>The time of the packet before one, of those that have a time; the capture's first time if there is none.</summary>
    internal long TimeBefore(long number)
    {
        while (--number >= 1)
        {
            PacketRecord record = Record(number);
            if (record.Has(PacketTraits.HasTime))
            {
                return record.Time;
            }
        }

        return FirstTime ?? 0;
    }

    /// <summary>The last packet of a conversation that can be asked for; 0 if there is none.</summary>
    internal long LastOf(bool isUdp, int conversation) => _links.Last(isUdp, conversation);

    internal CaptureInterface InterfaceOf(in PacketRecord record) => _interfaces[record.Interface];

    /// <summary>The record of a packet that is there.</summary>
    internal PacketRecord Record(long number)
    {
        PacketRecord record = default;
        _records.Read((number - 1) * PacketRecord.Size, MemoryMarshal.AsBytes(new Span<PacketRecord>(ref record)));
        return record;
    }

    /// <summary>Records from a packet on.</summary>
    /// <returns>How many.</returns>
    internal int ReadRecords(long first, Span<PacketRecord> records)
    {
        int count = (int)Math.Clamp(Count - first + 1, 0, records.Length);
        _records.Read((first - 1) * PacketRecord.Size, MemoryMarshal.AsBytes(records[..count]));
        return count;
    }

    /// <summary>Bytes of the capture, or of those kept of it.</summary>
    /// <param name="isSpool">Whether those kept.</param>
    /// <param name="offset">Where.</param>
    /// <param name="bytes">Gets them.</param>
    /// <param name="needed">How many there must be; the others are read ahead.</param>
    /// <returns>How many there were.</returns>
    internal int ReadBytes(bool isSpool, long offset, Span<byte> bytes, int needed)
    {
        long length = isSpool ? _spool.Published : RandomAccess.GetLength(_file!);
        int count = (int)Math.Clamp(length - offset, needed, bytes.Length);
        if (isSpool)
        {
            _spool.Read(offset, bytes[..count]);
        }
        else
        {
            SpoolFile.ReadAt(_file!, offset, bytes[..count]);
        }

        return count;
    }

    private bool Add(in CapturedPacket packet, DecodedPacket decoded)
    {
        _statistics.Add(packet, decoded);
        ReadOnlySpan<byte> row = _rowText.Of(decoded, packet.Bytes, out OsiLayer layer);
        bool isSpooled = packet.FileOffset < 0 || _file is null;
        var record = new PacketRecord
        {
            Offset = isSpooled ? _spool.Append(packet.Bytes) : packet.FileOffset,
            Time = packet.Time ?? 0,
            OriginalLength = (uint)Math.Clamp(packet.OriginalLength, 0, uint.MaxValue),
            CapturedLength = packet.Bytes.Length,
            Row = _rows.Append(row),
            RowLength = row.Length,
            Interface = _interfaces.NumberOf(packet.Source),
            Marks = (int)(decoded.Session?.Analysis ?? TcpAnalysisFlags.None),
            Layer = (byte)layer,
            Traits = (packet.Time is null ? PacketTraits.None : PacketTraits.HasTime)
                | (isSpooled ? PacketTraits.IsSpooled : PacketTraits.None)
                | (decoded.Stop is null ? PacketTraits.None : PacketTraits.IsStopped)
                | (packet.Comment is null ? PacketTraits.None : PacketTraits.HasComment)
                | ((decoded.Session?.FromClient ?? decoded.IsFromFirst) ? PacketTraits.FromFirst : PacketTraits.None),
        };
        FirstTime ??= packet.Time;
        _next++;
        _links.Note(_next, decoded, packet.Bytes, ref record);
        _records.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<PacketRecord>(ref record)));
        if (_next % PublishEvery == 0 || _next == FirstPublish)
        {
            Publish();
        }

        return true;
    }

    private void Publish()
    {
        _spool.Publish();
        _rows.Publish();
        _records.Publish();
        lock (_published)
        {
            Volatile.Write(ref _count, _next);
            Monitor.PulseAll(_published);
        }

        _links.Publish();
    }
}
