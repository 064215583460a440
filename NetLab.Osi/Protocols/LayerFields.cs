namespace NetLab.Osi.Protocols;

/// <summary>Tells the fields of a packet's layers.</summary>
internal static class LayerFields
{
    private static readonly Field PartBytes = Field.Number("part_bytes", about: "Bytes of a message that another packet completes");

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ref readonly LayerEntry entry = ref view[index];
        if (entry.Detail is { } detail and not LayerFacts)
        {
            detail.Describe(entry, sink);
        }
        else if (entry.Detail is CutMessage)
        {
            entry.Protocol.DescribeHeader(view, index, sink);
        }
        else if (entry.IsPart)
        {
            sink.Number(PartBytes, entry.Length, entry.Offset, entry.Length);
        }
        else
        {
            entry.Protocol.Describe(view, index, sink);
        }
    }
}
