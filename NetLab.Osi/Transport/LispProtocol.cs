using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>The Locator/ID Separation Protocol: encapsulated packets (RFC 9300, 5) and control messages (RFC 9301, 5).</summary>
internal static class LispProtocol
{
    private const int Size = 8;
    private const int ControlSize = 4;
    private const int Encapsulated = 8;
    private const int HasInstance = 0x08;

    public static readonly Protocol Data = new("lisp_data", OsiLayer.Transport, "Locator/ID Separation Protocol, data", DataFields.All, DissectData, DescribeData, filter: "lisp-data");

    public static readonly Protocol Control = new("lisp", OsiLayer.Transport, "Locator/ID Separation Protocol", ControlFields.All, DissectControl);

    private static class DataFields
    {
        public static readonly Field Flags = Field.Number("flags", "lisp-data.flags", at: 0, size: 1, about: "Flags");
        public static readonly Field Nonce = Field.Number("nonce", "lisp-data.nonce", at: 1, size: 3, about: "Nonce or map versions");
        public static readonly Field Instance = Field.Number("instance", "lisp-data.iid", about: "Instance", width: 3);

        public static readonly Field[] All = [Flags, Nonce, Instance];
    }

    private static class ControlFields
    {
        public static readonly Field[] All =
        [
            Field.Number("type", "lisp.type", at: 0, size: 1, mask: 0xF0, about: "Message", summary: true, names: static v => v switch
            {
                1 => "map request",
                2 => "map reply",
                3 => "map registration",
                4 => "map notification",
                5 => "map notification acknowledged",
                6 => "map referral",
                7 => "information",
                Encapsulated => "encapsulated",
                _ => null,
            }, width: 3),
        ];
    }

    private static bool DissectData(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Transport, "LISP header", offset, Size, end);
        }
        else if (dissection.Add(Data, offset, Size, end) && end > offset + Size)
        {
            dissection.NextIp(offset + Size, end);
        }

        return true;
    }

    private static bool DissectControl(in Dissection dissection, int offset, int end)
    {
        int type = offset < end ? dissection.Bytes[offset] >> 4 : 0;
        if (type is 0 or > 8 && offset < end)
        {
            return false;
        }

        if (type != Encapsulated)
        {
            dissection.AddMessage(Control, offset, ControlSize, end);
        }
        else if (end - offset <= ControlSize)
        {
            dissection.TooShort(OsiLayer.Transport, "LISP message", offset, ControlSize + 1, end);
        }
        else if (dissection.Add(Control, offset, ControlSize, end))
        {
            dissection.NextIp(offset + ControlSize, end);
        }

        return true;
    }

    private static void DescribeData(in PacketView view, int index, IFieldSink sink)
    {
        Data.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        if ((bytes[0] & HasInstance) != 0)
        {
            sink.Number(DataFields.Instance, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) >> 8, view[index].Offset + 4, 3);
        }
    }
}
