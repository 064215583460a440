using System.Collections.Concurrent;
using NetLab.Host.Captures;
using NetLab.Osi.Captures;
using NetLab.Osi.Protocols;
using NetLab.Osi.Queries;

namespace NetLab.Host.Tables;

/// <summary>
/// The table <c>packets</c> as one file or, by partitions, as many. One thread hands in values of packets; another gathers them into rows, a
/// few packets behind, since that takes as long as to decode them.
/// </summary>
internal sealed class PacketTable : IAsyncDisposable
{
    // Partitions whose files are open at once; of more, the one that was used longest ago is completed.
    private const int MaxOpenPartitions = 8;

    // Rows that are written together: what DuckDB hands to a thread, and small enough to hold twice.
    private const int RowsTogether = 122_880;

    // One for each thread, and some between them: neither waits for the other because it had the processor a moment longer.
    private const int Batches = 6;

    private readonly ParquetSettings _settings;
    private readonly CaptureInput _input;
    private readonly IReadOnlyList<Field> _fields;
    private readonly AddressTexts _texts = new();
    private readonly Dictionary<string, TableFile<PacketRows>> _files = [];
    private readonly Dictionary<string, int> _filesOf = [];
    private readonly Dictionary<string, long> _lastUse = [];
    private readonly BlockingCollection<PacketBatch> _empty = [];
    private readonly BlockingCollection<PacketBatch> _full = [];
    private readonly Task _gathering;
    private PacketBatch _filling;
    private long _count;

    /// <summary>Begins.</summary>
    /// <param name="settings">Where, and how.</param>
    /// <param name="input">The capture.</param>
    /// <param name="fields">The columns.</param>
    /// <param name="values">What is to be read of packets: the columns, and others behind them.</param>
    public PacketTable(ParquetSettings settings, CaptureInput input, IReadOnlyList<Field> fields, PacketFields values)
    {
        (_settings, _input, _fields) = (settings, input, fields);
        for (int i = 1; i < Batches; i++)
        {
            _empty.Add(new PacketBatch(values));
        }

        _filling = new PacketBatch(values);
        _gathering = Task.Factory.StartNew(Gather, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Where the values of the next packet are to be read into, before <see cref="Add"/>.</summary>
    public PacketFields Next => _filling.Next;

    /// <summary>Puts a packet into the table.</summary>
    /// <param name="packet">The packet whose values <see cref="Next"/> has.</param>
    /// <exception cref="IOException">The table cannot be written; it may be one of the packets before that could not.</exception>
    public void Add(in CapturedPacket packet)
    {
        _filling.Keep(_settings.PartitionOf(packet), _input.NameOf(packet), packet.OffsetInFile);
        if (!_filling.IsFull)
        {
            return;
        }

        _full.Add(_filling);
        if (!_empty.TryTake(out PacketBatch? next, Timeout.Infinite))
        {
            // Nobody gathers any more: what went wrong comes out here.
            _gathering.GetAwaiter().GetResult();
            throw new InvalidOperationException("The rows were complete before all packets were added.");
        }

        _filling = next;
    }

    /// <summary>Completes the table.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task CompleteAsync()
    {
        _full.Add(_filling);
        _full.CompleteAdding();
        await _gathering.ConfigureAwait(false);
        foreach (TableFile<PacketRows> file in _files.Values)
        {
            await file.CompleteAsync().ConfigureAwait(false);
        }

        if (_filesOf.Count == 0)
        {
            // No packet is a table, too.
            await using TableFile<PacketRows> empty = NewFile("");
            await empty.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _full.CompleteAdding();
        await _gathering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (TableFile<PacketRows> file in _files.Values)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }

        _full.Dispose();
        _empty.Dispose();
    }

    private void Gather()
    {
        try
        {
            foreach (PacketBatch batch in _full.GetConsumingEnumerable())
            {
                batch.TakeAll(Gather);
                _empty.Add(batch);
            }
        }
        finally
        {
            // Whoever waits for an empty one learns that there will be none.
            _empty.CompleteAdding();
        }
    }

    private void Gather(PacketFields values, string partition, string capture, long offset)
    {
        _count++;
        TableFile<PacketRows> file = FileOf(partition);
        file.Rows.Add(values, capture, offset);
        file.EndRow();
    }

    private TableFile<PacketRows> FileOf(string partition)
    {
        if (!_files.TryGetValue(partition, out TableFile<PacketRows>? file))
        {
            if (_files.Count == MaxOpenPartitions)
            {
                CloseOldest();
            }

            file = NewFile(partition);
            _files.Add(partition, file);
        }

        _lastUse[partition] = _count;
        return file;
    }

    // Packets that come to a partition later go into a further file of it: engines read all that a folder holds.
    private void CloseOldest()
    {
        string oldest = _files.Keys.MinBy(p => _lastUse[p])!;
        TableFile<PacketRows> file = _files[oldest];
        _files.Remove(oldest);
        file.CompleteAsync().GetAwaiter().GetResult();
    }

    private TableFile<PacketRows> NewFile(string partition)
    {
        int number = _filesOf[partition] = _filesOf.GetValueOrDefault(partition) + 1;
        string path = partition.Length == 0 ? _settings.PathOf("packets") : _settings.PathOf(partition, number);
        return new TableFile<PacketRows>(path, () => new PacketRows(_fields, _texts), RowsTogether / (partition.Length == 0 ? 1 : MaxOpenPartitions));
    }
}
