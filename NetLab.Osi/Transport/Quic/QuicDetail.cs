using System.Runtime.InteropServices;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport.Quic;

/// <summary>What the headers of the QUIC packets of a datagram say.</summary>
internal sealed class QuicDetail : LayerDetail
{
    internal static class Fields
    {
        public static readonly Field Packets = Field.Text("packets", about: "Kinds of the packets in the datagram");
        public static readonly Field Versions = Field.Number("versions", "quic.version", about: "Versions of the long headers", names: static v => QuicVersion.NameOf((uint)v), width: 4);
        public static readonly Field Dcid = Field.Text("dcid", about: "Destination connection identifiers");
        public static readonly Field HeaderForm = Field.Number(null, "quic.header_form", about: "1 long, 0 short", names: static v => v == 1 ? "long header" : "short header", width: 1);
        public static readonly Field LongType = Field.Number(null, "quic.long.packet_type", about: "Type of a long header", width: 1);
        public static readonly Field LongType2 = Field.Number(null, "quic.long.packet_type_v2", about: "Type of a long header of version 2", width: 1);
        public static readonly Field DestinationId = Field.Bytes(null, "quic.dcid", about: "Destination connection identifier");
        public static readonly Field SourceId = Field.Bytes(null, "quic.scid", about: "Source connection identifier");
        public static readonly Field Length = Field.Number(null, "quic.packet_length", about: "Bytes of the packet, header and all", width: 4);
        public static readonly Field Supported = Field.Number(null, "quic.supported_version", about: "Versions that a version negotiation offers", width: 4);

        public static readonly Field[] All = [Packets, Versions, Dcid, HeaderForm, LongType, LongType2, DestinationId, SourceId, Length, Supported];
    }

    /// <summary>The versions of the long headers.</summary>
    public List<int> Versions { get; } = [];

    public List<string> DestinationIds { get; } = [];

    public List<string> Packets { get; } = [];

    /// <summary>What filters and columns ask of each packet, in order.</summary>
    public FieldValues Headers { get; } = new();

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

        Headers.Describe(entry.Offset, entry.Length, sink);
    }
}
