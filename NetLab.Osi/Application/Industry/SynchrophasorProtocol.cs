using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Industry;

/// <summary>Synchrophasors (IEEE C37.118.2, section 6.2): what all frames have in common.</summary>
internal static class SynchrophasorProtocol
{
    private const int HeaderSize = 14;
    private const int MinSize = 16;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "synphasor", OsiLayer.Application, "IEEE C37.118 synchrophasor", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Soc = Field.Of(FieldKind.Date, "time", "synphasor.soc", "Second of century");
        public static readonly Field[] All =
        [
            Field.Number(null, "synphasor.sync", at: 0, size: 2, about: "Synchronization word"),
            Field.Number("type", "synphasor.frtype", at: 0, size: 2, mask: 0x0070, about: "Type of frame", summary: true, names: static v => (int)v switch
            {
                0 => "data",
                1 => "header",
                2 => "configuration 1",
                3 => "configuration 2",
                4 => "command",
                5 => "configuration 3",
                _ => null,
            }),
            Field.Number("version", "synphasor.version", at: 0, size: 2, mask: 0x000F, about: "Version"),
            Field.Number("size", "synphasor.frsize", at: 2, size: 2, about: "Bytes of the frame"),
            Field.Number("id", "synphasor.idcode_stream_source", at: 4, size: 2, about: "Stream source", summary: true),
            Soc,
            Field.Flag(null, "synphasor.timeqal.lsdir", at: 10, size: 1, mask: 0x40, about: "A leap second is deleted, not added"),
            Field.Flag(null, "synphasor.timeqal.lsocc", at: 10, size: 1, mask: 0x20, about: "A leap second occurred"),
            Field.Flag(null, "synphasor.timeqal.lspend", at: 10, size: 1, mask: 0x10, about: "A leap second is pending"),
            Field.Number("time_quality", "synphasor.timeqal.timequalindic", at: 10, size: 1, mask: 0x0F, about: "Quality of the time"),
            Field.Number("fraction", "synphasor.fracsec_raw", at: 11, size: 3, about: "Fraction of the second, in the time base's units"),
        ];
    }

    /// <summary>Whether bytes are a whole frame whose checksum is right.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        int length = Frame(bytes, true);
        return length >= MinSize && length <= bytes.Length && Checksum(bytes[..(length - 2)]) == BinaryPrimitives.ReadUInt16BigEndian(bytes[(length - 2)..]);
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] != 0xAA || (bytes.Length > 1 && (bytes[1] & 0x8F) is 0 or > 0x0F))
        {
            return StreamParser.NotMine;
        }

        if (bytes.Length < 4)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return length < MinSize ? StreamParser.NotMine : length;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int length = Frame(bytes, true);
        if (length < 0)
        {
            return false;
        }

        if (bytes.Length < HeaderSize)
        {
            dissection.Cut(Value, "C37.118 header", offset, HeaderSize, end);
        }
        else
        {
            dissection.Add(Value, offset, Math.Min(length, bytes.Length), end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        Value.DescribeHeader(view, index, sink);
        if (bytes.Length >= 10)
        {
            sink.Number(Fields.Soc, BinaryPrimitives.ReadUInt32BigEndian(bytes[6..]) * 1_000_000_000L, view[index].Offset + 6, 4);
        }
    }

    // CRC-CCITT with all bits set at first (annex B).
    private static int Checksum(ReadOnlySpan<byte> bytes)
    {
        int crc = 0xFFFF;
        foreach (byte b in bytes)
        {
            crc ^= b << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = ((crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021 : 0)) & 0xFFFF;
            }
        }

        return crc;
    }
}
