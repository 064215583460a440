using System.Globalization;
using NetLab.Host.Captures;
using NetLab.Osi.Captures;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Queries;

namespace NetLab.Host.Tables;

/// <summary>
/// A capture as tables in a folder: <c>packets.parquet</c>, <c>conversations.parquet</c>, and one a protocol above transport that
/// was met (<c>dns.parquet</c>). Used by one thread.
/// </summary>
internal sealed class ParquetExport : IAsyncDisposable
{
    // Partitions whose files are open at once; of more, the one that was used longest ago is completed.
    private const int MaxOpenPartitions = 8;

    // Rows that are written together: what DuckDB hands to a thread, and small enough to hold twice. Messages have more columns, and lists.
    private const int PacketsTogether = 122_880;
    private const int MessagesTogether = 15_360;

    private readonly ParquetSettings _settings;
    private readonly CaptureInput _input;
    private readonly bool _hasPackets;
    private readonly bool _hasConversations;
    private readonly IReadOnlyList<Field> _fields;
    private readonly PacketFields _values;
    private readonly AddressTexts _texts = new();
    private readonly ConversationTable _conversations;
    private readonly Dictionary<string, TableFile<PacketRows>> _packets = [];
    private readonly Dictionary<Protocol, (PacketFields Values, TableFile<MessageRows> File)?> _messages = [];
    private readonly Dictionary<string, int> _filesOf = [];
    private readonly Dictionary<string, long> _lastUse = [];
    private long _count;

    /// <summary>Begins.</summary>
    /// <param name="settings">Where, and how.</param>
    /// <param name="input">The capture.</param>
    /// <param name="fields">The columns of packets; null for the usual ones.</param>
    public ParquetExport(ParquetSettings settings, CaptureInput input, IReadOnlyList<Field>? fields)
    {
        (_settings, _input) = (settings, input);
        (_hasPackets, _hasConversations) = (settings.Has("packets"), settings.Has("conversations"));
        _fields = _hasPackets ? PacketRows.FieldsOf(fields, input.Protocols) : [];
        _values = new PacketFields(_fields.Concat(_hasConversations ? ConversationTable.FieldsOf(input.Protocols) : []));
        _conversations = new ConversationTable(_values, _fields.Count, _texts);
    }

    /// <summary>Puts a packet into the tables.</summary>
    public void Add(in CapturedPacket packet, DecodedPacket decoded)
    {
        _count++;
        if (_hasPackets || _hasConversations)
        {
            _values.Read(decoded, packet.Bytes);
        }

        if (_hasPackets)
        {
            TableFile<PacketRows> packets = PacketsOf(packet);
            packets.Rows.Add(packet, _values, packet.File == 0 ? _input.Path : _input.Others![packet.File - 1]);
            packets.EndRow();
        }

        if (_hasConversations)
        {
            _conversations.Add(decoded);
        }

        Protocol? read = null;
        ReadOnlySpan<LayerEntry> entries = decoded.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].IsQuoted || entries[i].IsPart || entries[i].Protocol.Layer < OsiLayer.Session || MessagesOf(entries[i].Protocol) is not { } messages)
            {
                continue;
            }

            if (read != entries[i].Protocol)
            {
                read = entries[i].Protocol;
                messages.Values.Read(decoded, packet.Bytes);
            }

            messages.File.Rows.Add(messages.Values, i);
            messages.File.EndRow();
        }
    }

    /// <summary>Completes the tables.</summary>
    public async Task CompleteAsync()
    {
        foreach (TableFile<PacketRows> file in _packets.Values)
        {
            await file.CompleteAsync().ConfigureAwait(false);
        }

        if (_hasPackets && _filesOf.Count == 0)
        {
            // No packet is a table, too.
            await using TableFile<PacketRows> empty = NewPackets("");
            await empty.CompleteAsync().ConfigureAwait(false);
        }

        foreach ((PacketFields Values, TableFile<MessageRows> File)? messages in _messages.Values)
        {
            await (messages?.File.CompleteAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        }

        if (_hasConversations)
        {
            await using var conversations = new TableFile<ConversationTable.Rows>(PathOf("conversations"), () => new ConversationTable.Rows(FileName), PacketsTogether);
            await _conversations.WriteAsync(conversations).ConfigureAwait(false);
        }

        int tables = (_hasPackets ? 1 : 0) + (_hasConversations ? 1 : 0) + _messages.Values.Count(m => m is not null);
        string name = FileName is null ? "" : $"{FileName}: ";
        string conversationsText = _hasConversations ? string.Create(CultureInfo.InvariantCulture, $", {_conversations.Count} conversations") : "";
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}{_count} packets{conversationsText}: {tables} {(tables == 1 ? "table" : "tables")} in {_settings.Folder}"));
        if (_conversations.PacketsLeftOut > 0)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"nlab: conversations.parquet was full: {_conversations.PacketsLeftOut} packets of further conversations are in no row of it"));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (TableFile<PacketRows> file in _packets.Values)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }

        foreach ((PacketFields Values, TableFile<MessageRows> File)? messages in _messages.Values)
        {
            if (messages is { } used)
            {
                await used.File.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private TableFile<PacketRows> PacketsOf(in CapturedPacket packet)
    {
        string partition = _settings.PartitionOf(packet);
        if (!_packets.TryGetValue(partition, out TableFile<PacketRows>? file))
        {
            if (_packets.Count == MaxOpenPartitions)
            {
                CloseOldest();
            }

            file = NewPackets(partition);
            _packets.Add(partition, file);
        }

        _lastUse[partition] = _count;
        return file;
    }

    // Packets that come to a partition later go into a further file of it: engines read all that a folder holds.
    private void CloseOldest()
    {
        string oldest = _packets.Keys.MinBy(p => _lastUse[p])!;
        TableFile<PacketRows> file = _packets[oldest];
        _packets.Remove(oldest);
        file.CompleteAsync().GetAwaiter().GetResult();
    }

    private TableFile<PacketRows> NewPackets(string partition)
    {
        int number = _filesOf[partition] = _filesOf.GetValueOrDefault(partition) + 1;
        string path = partition.Length == 0 ? PathOf("packets") : _settings.PathOf(partition, number);
        return new TableFile<PacketRows>(path, () => new PacketRows(_fields, _texts), PacketsTogether / (partition.Length == 0 ? 1 : MaxOpenPartitions));
    }

    private (PacketFields Values, TableFile<MessageRows> File)? MessagesOf(Protocol protocol)
    {
        if (_messages.TryGetValue(protocol, out (PacketFields, TableFile<MessageRows>)? messages))
        {
            return messages;
        }

        IReadOnlyList<Field> fields = MessageRows.FieldsOf(protocol, _input.Protocols);
        messages = _settings.Has(protocol.Name) && protocol.Fields.Any(f => f.FilterName is not null) && protocol.Name is not ("session" or "data" or "packets" or "conversations")
            ? (new PacketFields(fields), new TableFile<MessageRows>(PathOf(protocol.Name), () => new MessageRows(fields, protocol, _texts, FileName), MessagesTogether))
            : null;
        _messages.Add(protocol, messages);
        return messages;
    }

    // Numbers of packets and streams are only clear beside the name of the file that they are of.
    private string? FileName => _settings.Capture is null ? null : _input.Path;

    private string PathOf(string table) => _settings.PathOf(table);
}
