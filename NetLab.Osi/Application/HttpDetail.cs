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

    public List<HttpMessage> Messages { get; } = [];

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        sink.BeginList(Fields.Messages);
        foreach (HttpMessage message in Messages)
        {
            sink.BeginItem();
            message.Describe(entry, sink);
            sink.EndItem();
        }

        sink.EndList();
    }
}
