using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>The HTTP messages that a packet completes.</summary>
internal sealed class HttpDetail : LayerDetail
{
    internal static class Fields
    {
        public static readonly Field Messages = Field.Group("messages");

        public static readonly Field[] All = [Messages];
    }

    private readonly List<HttpMessage> _messages = [];

    /// <summary>The messages, in their order.</summary>
    public override IReadOnlyList<HttpMessage> Completed => _messages;

    /// <summary>One more message.</summary>
    public void Add(HttpMessage message) => _messages.Add(message);

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        sink.BeginList(Fields.Messages);
        foreach (HttpMessage message in _messages)
        {
            sink.BeginItem();
            message.Describe(entry, sink);
            sink.EndItem();
        }

        sink.EndList();
    }
}
