using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>BACnet/IP's virtual link (ASHRAE 135, annex J): what a datagram is for, before the network layer.</summary>
internal static class BacnetVirtualLink
{
    private const int HeaderSize = 4;
    private const int ForwardedHeaderSize = 10;
    private const int Forwarded = 0x04;

    public static readonly Protocol Value = new("bvlc", OsiLayer.DataLink, "BACnet virtual link", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field HeaderLength = Field.Number("header_length", "bvlc.length", about: "Bytes of this header", width: 2);

        public static readonly Field[] All =
        [
            Field.Number(null, "bvlc.type", at: 0, size: 1, about: "Type: 0x81 for BACnet/IP"),
            Field.Number("function", "bvlc.function", at: 1, size: 1, about: "Function", summary: true, names: static v => (int)v switch
            {
                0x00 => "result",
                0x01 => "write broadcast distribution table",
                0x02 => "read broadcast distribution table",
                0x03 => "read broadcast distribution table ack",
                Forwarded => "forwarded NPDU",
                0x05 => "register foreign device",
                0x06 => "read foreign device table",
                0x07 => "read foreign device table ack",
                0x08 => "delete foreign device table entry",
                0x09 => "distribute broadcast to network",
                0x0A => "original unicast NPDU",
                0x0B => "original broadcast NPDU",
                0x0C => "secure BVLL",
                _ => null,
            }),
            Field.Number("length", at: 2, size: 2, about: "Bytes with this header"),
            HeaderLength,
        ];
    }

    /// <summary>Whether a datagram begins with a header, and is as long as it says.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize && bytes[0] == 0x81 && bytes[1] <= 0x0C && ((bytes[2] << 8) | bytes[3]) == bytes.Length;

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < HeaderSize || bytes[0] is not (0x81 or 0x82) || bytes[1] > 0x0C)
        {
            return false;
        }

        int header = bytes[1] == Forwarded ? ForwardedHeaderSize : HeaderSize;
        bool hasNetworkLayer = bytes[1] is Forwarded or 0x09 or 0x0A or 0x0B;
        if (!hasNetworkLayer || bytes.Length < header)
        {
            dissection.Add(Value, offset, bytes.Length, end);
        }
        else if (dissection.Add(Value, offset, header, end) && offset + header < end)
        {
            BacnetProtocol.Dissect(dissection, offset + header, end);
        }

        return true;
    }

    // Annex J.2: tables follow the header of the functions that carry them; addresses, times and results are of a fixed size.
    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int length = bytes[1] switch
        {
            0x00 or 0x05 => HeaderSize + 2,
            Forwarded or 0x08 => ForwardedHeaderSize,
            0x02 or 0x06 or 0x09 or 0x0A or 0x0B => HeaderSize,
            _ => (bytes[2] << 8) | bytes[3],
        };
        sink.Number(Fields.HeaderLength, length, view[index].Offset + 2, 2);
    }
}
