using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>The Zigbee Device Profile (Zigbee specification, 2.4): how devices are found, described and bound. What is asked stands in the cluster of the layer below.</summary>
internal static class ZigbeeDeviceProtocol
{
    private const int DeviceAnnouncement = 0x0013;

    public static readonly Protocol Value = new("zbee_zdp", OsiLayer.Application, "Zigbee Device Profile", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field Message = Field.Number("message", about: "What is asked or answered", summary: true, names: static v => NameOf((int)v));
        public static readonly Field Sequence = Field.Number("sequence", "zbee_zdp.seqno", about: "Sequence number", width: 1);
        public static readonly Field NetworkAddress = Field.Number("address", "zbee_zdp.nwk_addr", about: "Network address of who is meant", width: 2);

        public static readonly Field[] All = [Message, Sequence, NetworkAddress];
    }

    public static void Dissect(in Dissection dissection, int cluster, int offset, int end)
    {
        if (end > offset)
        {
            dissection.Add(Value, offset, end - offset, end, new Cluster(cluster));
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        if (view[index].Detail is not Cluster cluster)
        {
            return;
        }

        var reader = new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true);
        sink.Number(Fields.Message, cluster.Number, reader.At, 0);
        reader.Report(sink, Fields.Sequence, 1);
        if (cluster.Number is DeviceAnnouncement or (>= 0x0001 and <= 0x0006))
        {
            reader.Report(sink, Fields.NetworkAddress, 2);
        }
    }

    // 2.4.3 and 2.4.4: a response has the number of its request and the highest bit.
    private static string? NameOf(int cluster)
    {
        string? name = (cluster & 0x7FFF) switch
        {
            0x0000 => "network address",
            0x0001 => "extended address",
            0x0002 => "node descriptor",
            0x0003 => "power descriptor",
            0x0004 => "simple descriptor",
            0x0005 => "active endpoints",
            0x0006 => "match descriptor",
            DeviceAnnouncement => "device announcement",
            0x0015 => "system server discovery",
            0x001F => "parent announcement",
            0x0020 => "end device bind",
            0x0021 => "bind",
            0x0022 => "unbind",
            0x0031 => "link quality",
            0x0032 => "routes",
            0x0033 => "bindings",
            0x0034 => "leave",
            0x0036 => "permit joining",
            0x0038 => "network update",
            _ => null,
        };
        return name is null || cluster == DeviceAnnouncement ? name : name + ((cluster & 0x8000) == 0 ? " request" : " response");
    }

    /// <summary>The cluster that the layer below names.</summary>
    /// <param name="number">Its number.</param>
    private sealed class Cluster(int number) : LayerFacts
    {
        public int Number { get; } = number;
    }
}
