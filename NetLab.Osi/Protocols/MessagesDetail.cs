namespace NetLab.Osi.Protocols;

/// <summary>The messages of a stream that a packet completes, each with the fields that its parser found.</summary>
/// <param name="list">The field under which JSON and tree show them.</param>
internal sealed class MessagesDetail(Field list) : LayerDetail
{
    private readonly List<FieldValues> _messages = [];
    private FieldValues? _hidden;

    /// <summary>What only filters and columns know of the packet, whatever messages it completes.</summary>
    public FieldValues Hidden => _hidden ??= new FieldValues();

    /// <summary>One more message.</summary>
    public FieldValues Begin()
    {
        var message = new FieldValues();
        _messages.Add(message);
        return message;
    }

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        if (sink.WantsHidden)
        {
            _hidden?.Describe(entry.Offset, entry.Length, sink);
        }

        if (_messages.Count == 0)
        {
            return;
        }

        sink.BeginList(list);
        foreach (FieldValues message in _messages)
        {
            sink.BeginItem();
            message.Describe(entry.Offset, entry.Length, sink);
            sink.EndItem();
        }

        sink.EndList();
    }
}
