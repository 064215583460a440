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
    // Rows that are written together: what DuckDB hands to a thread, and small enough to hold twice. Messages have more columns, and lists.
    private const int ConversationsTogether = 122_880;
    private const int MessagesTogether = 15_360;

    private readonly ParquetSettings _settings;
    private readonly CaptureInput _input;
    private readonly bool _hasConversations;
    private readonly PacketFields _values;
    private readonly PacketTable? _packets;
    private readonly AddressTexts _texts = new();
    private readonly ConversationTable _conversations;
    private readonly Dictionary<Protocol, (PacketFields Values, TableFile<MessageRows> File)?> _messages = [];
    private long _count;

    /// <summary>Begins.</summary>
    /// <param name="settings">Where, and how.</param>
    /// <param name="input">The capture.</param>
    /// <param name="fields">The columns of packets; null for the usual ones.</param>
    public ParquetExport(ParquetSettings settings, CaptureInput input, IReadOnlyList<Field>? fields)
    {
        (_settings, _input) = (settings, input);
        _hasConversations = settings.Has("conversations");
        IReadOnlyList<Field> columns = settings.Has("packets") ? PacketRows.FieldsOf(fields, input.Protocols) : [];
        _values = new PacketFields(columns.Concat(_hasConversations ? ConversationTable.FieldsOf(input.Protocols) : []));
        _packets = settings.Has("packets") ? new PacketTable(settings, input, columns, _values) : null;
        _conversations = new ConversationTable(columns.Count, _texts);
    }

    /// <summary>Puts a packet into the tables.</summary>
    public void Add(in CapturedPacket packet, DecodedPacket decoded)
    {
        _count++;
        PacketFields values = _packets?.Next ?? _values;
        if (_packets is not null || _hasConversations)
        {
            values.Read(decoded, packet.Bytes);
        }

        if (_hasConversations)
        {
            _conversations.Add(decoded, values);
        }

        // Last, since another thread has the values then.
        _packets?.Add(packet);

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
        await (_packets?.CompleteAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        foreach ((PacketFields Values, TableFile<MessageRows> File)? messages in _messages.Values)
        {
            await (messages?.File.CompleteAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        }

        if (_hasConversations)
        {
            await using var conversations = new TableFile<ConversationTable.Rows>(PathOf("conversations"), () => new ConversationTable.Rows(FileName), ConversationsTogether);
            await _conversations.WriteAsync(conversations).ConfigureAwait(false);
        }

        int tables = (_packets is null ? 0 : 1) + (_hasConversations ? 1 : 0) + _messages.Values.Count(m => m is not null);
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
        if (_packets is not null)
        {
            await _packets.DisposeAsync().ConfigureAwait(false);
        }

        foreach ((PacketFields Values, TableFile<MessageRows> File)? messages in _messages.Values)
        {
            if (messages is { } used)
            {
                await used.File.DisposeAsync().ConfigureAwait(false);
            }
        }
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
