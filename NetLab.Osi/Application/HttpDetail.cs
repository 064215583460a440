using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>The HTTP messages that a packet completes.</summary>
internal sealed class HttpDetail : LayerDetail
{
    public List<HttpMessage> Messages { get; } = [];

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        sink.BeginList("messages"u8);
        foreach (HttpMessage message in Messages)
        {
            sink.BeginItem();
            message.Describe(entry, sink);
            sink.EndItem();
        }

        sink.EndList();
    }
}
