using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Physical;

/// <summary>Radiotap (radiotap.org): what the receiver noted about the radio, before the 802.11 frame.</summary>
internal static class RadiotapProtocol
{
    public static readonly Protocol Value = new("radiotap", OsiLayer.Physical, "Radiotap header", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Length = Field.Number("length", "radiotap.length");
        public static readonly Field Freq = Field.Number("freq", "radiotap.channel.freq", names: static _ => "MHz");

        public static readonly Field[] All = [Length, Freq];
    }

    private const int MinSize = 8;
    private const int FrameCheckSequence = 4;

    // Size and alignment of the fields in the order of their bits (radiotap.org/fields), as far as the channel needs.
    private const int TsftBit = 0;
    private const int FlagsBit = 1;
    private const int RateBit = 2;
    private const int ChannelBit = 3;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.TooShort(OsiLayer.Physical, "radiotap header", offset, MinSize, end);
            return true;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        if (length < MinSize || length > bytes.Length)
        {
            dissection.Add(Value, offset, MinSize, end);
            dissection.TooShort(OsiLayer.Physical, "radiotap length", offset, Math.Max(length, MinSize), end);
            return true;
        }

        if (!dissection.Add(Value, offset, length, end))
        {
            return true;
        }

        // Flag 0x10: the frame ends with its FCS, which is no part of what it carries.
        (int flagsAt, _) = FieldsOf(bytes[..length]);
        bool hasFcs = flagsAt > 0 && (bytes[flagsAt] & 0x10) != 0;
        int wireEnd = hasFcs ? dissection.WireEnd - FrameCheckSequence : dissection.WireEnd;
        dissection.Until(wireEnd).Next(NumberTable.LinkType, LinkTypes.Wlan, offset + length, Math.Max(offset + length, Math.Min(end, wireEnd)));

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        int at = view[index].Offset;
        ReadOnlySpan<byte> bytes = view.BytesOf(index)[..view[index].HeaderLength];
        sink.Number(Fields.Length, BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), at + 2, 2);
        (_, int channel) = FieldsOf(bytes);
        if (channel > 0)
        {
            sink.Number(Fields.Freq, BinaryPrimitives.ReadUInt16LittleEndian(bytes[channel..]), at + channel, 2);
        }
    }

    // Where the flags and the channel are; 0 if they are not.
    private static (int Flags, int Channel) FieldsOf(ReadOnlySpan<byte> header)
    {
        uint present = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        int at = 4;
        uint word;
        do
        {
            if (at + 4 > header.Length)
            {
                return default;
            }

            word = BinaryPrimitives.ReadUInt32LittleEndian(header[at..]);
            at += 4;
        }
        while ((word & 0x8000_0000) != 0);

        int flags = 0;
        if (Has(TsftBit))
        {
            at = ((at + 7) & ~7) + 8;
        }

        if (Has(FlagsBit))
        {
            flags = at++;
        }

        if (Has(RateBit))
        {
            at++;
        }

        int channel = 0;
        if (Has(ChannelBit))
        {
            channel = (at + 1) & ~1;
        }

        return (flags < header.Length ? flags : 0, channel + 2 <= header.Length ? channel : 0);

        bool Has(int bit) => (present & (1u << bit)) != 0;
    }
}
