using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>How stations of PROFINET measure the delay to their neighbours (the Precision Transparent Clock Protocol, IEC 61158-6-10, 4.6): a sequence number, a delay, and elements behind their lengths.</summary>
internal static class ProfinetTimeProtocol
{
    private const int SequenceAt = 12;
    private const int DelayAt = 16;
    private const int HeaderSize = 20;
    private const int DelayParameter = 6;
    private const int MaxElements = 64;

    public static readonly Protocol Value = new("pn_ptcp", OsiLayer.DataLink, "PROFINET clock", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field Sequence = Field.Number("sequence", "pn_ptcp.sequence_id", at: SequenceAt, size: 2, about: "Sequence number", summary: true);
        public static readonly Field Delay = Field.Number("delay", "pn_ptcp.delay1ns", at: DelayAt, size: 4, about: "Delay in nanoseconds");
        public static readonly Field Type = Field.Number(null, "pn_ptcp.tl_type", about: "Type of an element", width: 2);
        public static readonly Field Length = Field.Number(null, "pn_ptcp.tl_length", about: "Bytes of an element", width: 2);
        public static readonly Field Port = Field.Mac("port", "pn_ptcp.port_mac_address", about: "Address of the port");

        public static readonly Field[] All = [Sequence, Delay, Type, Length, Port];
    }

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < HeaderSize)
        {
            dissection.Cut(Value, "PROFINET delay", offset, HeaderSize, end);
        }
        else
        {
            dissection.Add(Value, offset, end - offset, end);
        }
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;

        // Seven bits of type and nine of length; an element of type 0 is the last.
        int next = HeaderSize;
        for (int i = 0; i < MaxElements && next + 2 <= bytes.Length; i++)
        {
            int word = BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]);
            (int type, int length) = (word >> 9, word & 0x1FF);
            if (sink.WantsHidden)
            {
                sink.Number(Fields.Type, type, at + next, 2);
                sink.Number(Fields.Length, length, at + next, 2);
            }

            if (type == DelayParameter && length >= 6 && next + 8 <= bytes.Length)
            {
                sink.Mac(Fields.Port, bytes.Slice(next + 2, 6), at + next + 2);
            }

            next += 2 + length;
            if (type == 0)
            {
                break;
            }
        }
    }
}
