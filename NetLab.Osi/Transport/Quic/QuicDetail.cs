using System.Runtime.InteropServices;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport.Quic;

/// <summary>What the headers of the QUIC packets of a datagram say.</summary>
internal sealed class QuicDetail : LayerDetail
{
    internal static class Fields
    {
        public static readonly Field Packets = Field.Text("packets");
        public static readonly Field Versions = Field.Number("versions");
        public static readonly Field Dcid = Field.Text("dcid");

        public static readonly Field[] All = [Packets, Versions, Dcid];
    }

    public List<int> Versions { get; } = [];

    public List<string> DestinationIds { get; } = [];

    public List<string> Packets { get; } = [];

    public override void Describe(in LayerEntry entry, IFieldSink sink)
    {
        if (Packets.Count > 0)
        {
            sink.Texts(Fields.Packets, Packets, entry.Offset, entry.Length);
        }

        if (Versions.Count > 0)
        {
            sink.Numbers(Fields.Versions, CollectionsMarshal.AsSpan(Versions), entry.Offset, entry.Length);
        }

        if (DestinationIds.Count > 0)
        {
            sink.Texts(Fields.Dcid, DestinationIds, entry.Offset, entry.Length);
        }
    }
}
