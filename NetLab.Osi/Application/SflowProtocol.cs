using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>sFlow, version 5 (sflow.org): counters of a switch, and the beginnings of frames that it sampled.</summary>
internal static class SflowProtocol
{
    private const int MinSize = 28;
    private const int FlowSample = 1;
    private const int CounterSample = 2;
    private const int ExpandedFlowSample = 3;
    private const int ExpandedCounterSample = 4;
    private const int RawHeader = 1;
    private const int EthernetHeader = 1;
    private const int Ipv4Header = 11;
    private const int Ipv6Header = 12;
    private const int EthernetLink = 1;
    private const int MaxSamples = 256;

    public static readonly Protocol Value = new("sflow", OsiLayer.Application, "sFlow", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "sflow_245.version", at: 0, size: 4, about: "Version");
        public static readonly Field AgentType = Field.Number(null, "sflow_245.agenttype", at: 4, size: 4, about: "Version of the agent's address");
        public static readonly Field Agent4 = Field.Ipv4("agent", "sflow_245.agent", about: "Agent", summary: true);
        public static readonly Field Agent6 = Field.Ipv6("agent6", "sflow_245.agent.v6", about: "Agent");
        public static readonly Field SubAgent = Field.Number("sub_agent", "sflow_245.sub_agent_id", about: "Part of the agent", width: 4);
        public static readonly Field Sequence = Field.Number("sequence", "sflow_245.sequence_number", about: "Sequence number", width: 4);
        public static readonly Field Uptime = Field.Number("uptime", "sflow_245.sysuptime", about: "Milliseconds since the agent started", width: 4);
        public static readonly Field Samples = Field.Number("samples", "sflow_245.numsamples", about: "How many samples", summary: true, width: 4);
        public static readonly Field Enterprise = Field.Number(null, "sflow.enterprise", about: "Who defined a sample", width: 4);
        public static readonly Field SampleType = Field.Number(null, "sflow_245.sampletype", about: "Kind of a sample", width: 4);

        public static readonly Field[] All = [Version, AgentType, Agent4, Agent6, SubAgent, Sequence, Uptime, Samples, Enterprise, SampleType];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length >= 8 && (BinaryPrimitives.ReadUInt32BigEndian(bytes) != 5 || BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) is 0 or > 2))
        {
            return false;
        }

        int header = HeaderSize(bytes);
        if (!dissection.AddMessage(Value, offset, header, end))
        {
            return true;
        }

        int next = header;
        for (int i = 0; i < MaxSamples && next + 8 <= bytes.Length; i++)
        {
            uint type = BinaryPrimitives.ReadUInt32BigEndian(bytes[next..]);
            long length = BinaryPrimitives.ReadUInt32BigEndian(bytes[(next + 4)..]);
            int sampleEnd = (int)Math.Min(bytes.Length, next + 8 + length);
            if (type is FlowSample or ExpandedFlowSample)
            {
                DissectRecords(dissection, offset, next + RecordsAt(type), sampleEnd);
            }

            if (next + 8 + length > bytes.Length)
            {
                dissection.TooShort(OsiLayer.Application, "sFlow sample", offset + next, (int)Math.Min(8 + length, int.MaxValue / 4), end);
                break;
            }

            next = sampleEnd;
        }

        return true;
    }

    // The count of records stands before the first of them.
    private static void DissectRecords(in Dissection dissection, int offset, int next, int sampleEnd)
    {
        const int RecordHeader = 8;
        const int RawFields = 16;
        next += 4;
        while (next + RecordHeader <= sampleEnd)
        {
            ReadOnlySpan<byte> record = dissection.Bytes[(offset + next)..(offset + sampleEnd)];
            uint type = BinaryPrimitives.ReadUInt32BigEndian(record);
            long length = BinaryPrimitives.ReadUInt32BigEndian(record[4..]);
            if (type == RawHeader && length >= RawFields && record.Length >= RecordHeader + RawFields)
            {
                uint kind = BinaryPrimitives.ReadUInt32BigEndian(record[RecordHeader..]);
                uint frame = BinaryPrimitives.ReadUInt32BigEndian(record[(RecordHeader + 4)..]);
                uint captured = BinaryPrimitives.ReadUInt32BigEndian(record[(RecordHeader + 12)..]);
                int at = offset + next + RecordHeader + RawFields;
                int headerEnd = (int)Math.Min(offset + sampleEnd, at + (long)captured);
                DissectHeader(dissection.AsQuoted().EndingAt((int)Math.Min(int.MaxValue / 4, at + (long)frame)), kind, at, headerEnd);
            }

            next = (int)Math.Min(sampleEnd, next + RecordHeader + length);
        }
    }

    private static void DissectHeader(in Dissection dissection, uint kind, int offset, int end)
    {
        if (offset >= end)
        {
            return;
        }

        if (kind == EthernetHeader)
        {
            dissection.Next(NumberTable.LinkType, EthernetLink, offset, end);
        }
        else if (kind is Ipv4Header or Ipv6Header)
        {
            dissection.NextIp(offset, end);
        }
    }

    private static int HeaderSize(ReadOnlySpan<byte> bytes) => bytes.Length >= 8 && bytes[7] == 2 ? MinSize + 12 : MinSize;

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int header = HeaderSize(bytes);
        bool isV6 = header != MinSize;
        sink.Ip(isV6 ? Fields.Agent6 : Fields.Agent4, bytes.Slice(8, isV6 ? 16 : 4), at + 8);
        int next = header - 16;
        foreach (Field field in (ReadOnlySpan<Field>)[Fields.SubAgent, Fields.Sequence, Fields.Uptime, Fields.Samples])
        {
            sink.Number(field, BinaryPrimitives.ReadUInt32BigEndian(bytes[next..]), at + next, 4);
            next += 4;
        }

        for (int i = 0; i < MaxSamples && sink.WantsHidden && next + 8 <= bytes.Length; i++)
        {
            uint type = BinaryPrimitives.ReadUInt32BigEndian(bytes[next..]);
            int sampleEnd = (int)Math.Min(bytes.Length, next + 8 + (long)BinaryPrimitives.ReadUInt32BigEndian(bytes[(next + 4)..]));
            sink.Number(Fields.Enterprise, type >> 12, at + next, 4);
            sink.Number(Fields.SampleType, type & 0xFFF, at + next, 4);
            for (int record = next + RecordsAt(type) + 4; record + 8 <= sampleEnd;)
            {
                sink.Number(Fields.Enterprise, BinaryPrimitives.ReadUInt32BigEndian(bytes[record..]) >> 12, at + record, 4);
                record = (int)Math.Min(sampleEnd, record + 8 + (long)BinaryPrimitives.ReadUInt32BigEndian(bytes[(record + 4)..]));
            }

            next = sampleEnd;
        }
    }

    // Where the count of a sample's records stands, from the sample's type on.
    private static int RecordsAt(uint type) => type switch { FlowSample => 8 + 28, CounterSample => 8 + 8, ExpandedFlowSample => 8 + 40, ExpandedCounterSample => 8 + 12, _ => int.MaxValue / 4 };
}
