using System.Runtime.InteropServices;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Transport.Quic;

/// <summary>What the headers of the QUIC packets of a datagram say.</summary>
internal sealed class QuicDetail : LayerDetail
{
    public List<int> Versions { get; } = [];

    public List<string> DestinationIds { get; } = [];

    public List<string> Packets { get; } = [];

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        if (Packets.Count > 0)
        {
            sink.Texts("packets"u8, Packets, entry.Offset, entry.Length);
        }

        if (Versions.Count > 0)
        {
            sink.Numbers("versions"u8, CollectionsMarshal.AsSpan(Versions), entry.Offset, entry.Length);
        }

        if (DestinationIds.Count > 0)
        {
            sink.Texts("dcid"u8, DestinationIds, entry.Offset, entry.Length);
        }
    }
}
