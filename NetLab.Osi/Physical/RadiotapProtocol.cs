using System.Buffers.Binary;
using NetLab.Osi.DataLink;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Physical;

/// <summary>Radiotap (radiotap.org): what the receiver noted about the radio, before the 802.11 frame.</summary>
internal static class RadiotapProtocol
{
    public static readonly Protocol Value = new("radiotap", OsiLayer.Physical, "Radiotap header", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Length = Field.Number("length", "radiotap.length", width: 2);
        public static readonly Field Freq = Field.Number("freq", "radiotap.channel.freq", names: static _ => "MHz", about: "Frequency in MHz", width: 4);

        public static readonly Field Rate = Field.Of(FieldKind.Real, "rate", "radiotap.datarate", "Mbit/s");
        public static readonly Field Signal = Field.Of(FieldKind.SignedNumber, "signal", "radiotap.dbm_antsignal", "Signal at the antenna in dBm", width: 1);

        public static readonly Field[] All = [Length, Freq, Rate, Signal];
    }

    private const int MinSize = 8;
    private const int FrameCheckSequence = 4;

    // Bits of the field of flags: the frame ends with its check sequence; its header is filled up to a multiple of four bytes.
    private const int HasCheckSequence = 0x10;
    private const int HasPadding = 0x20;

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

        // The check sequence is no part of what the frame carries.
        int flags = FlagsOf(bytes[..length]);
        int wireEnd = (flags & HasCheckSequence) != 0 ? dissection.WireEnd - FrameCheckSequence : dissection.WireEnd;
        WlanProtocol.Dissect(
            dissection.Until(wireEnd), offset + length, Math.Max(offset + length, Math.Min(end, wireEnd)), isPadded: (flags & HasPadding) != 0);

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        int at = view[index].Offset;
        ReadOnlySpan<byte> bytes = view.BytesOf(index)[..view[index].HeaderLength];
        sink.Number(Fields.Length, BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), at + 2, 2);
        bool hasSignal = false;
        var fields = new RadiotapFields(bytes);
        while (fields.MoveNext())
        {
            int place = fields.Offset;
            switch (fields.Number)
            {
                case RadiotapFields.Rate:
                    sink.Real(Fields.Rate, bytes[place] / 2.0, at + place, 1);
                    break;
                case RadiotapFields.Mcs when RateOf(bytes.Slice(place, 3)) is { } rate:
                    sink.Real(Fields.Rate, rate, at + place, 3);
                    break;
                case RadiotapFields.Channel:
                    sink.Number(Fields.Freq, BinaryPrimitives.ReadUInt16LittleEndian(bytes[place..]), at + place, 2);
                    break;
                case RadiotapFields.Signal when !hasSignal || sink.WantsHidden:
                    // Each antenna may have a field of its own; JSON has the first.
                    sink.Number(Fields.Signal, (sbyte)bytes[place], at + place, 1);
                    hasSignal = true;
                    break;
                default:
                    break;
            }
        }
    }

    // IEEE 802.11-2020, 19.5: of one stream, 20 MHz and a long guard interval 6.5 Mbit/s times these; what is known is said by the first byte.
    private static double? RateOf(ReadOnlySpan<byte> mcs)
    {
        const int BandwidthKnown = 1;
        const int IndexKnown = 2;
        const int GuardIntervalKnown = 4;
        const int MaxIndex = 31;
        if ((mcs[0] & (BandwidthKnown | IndexKnown | GuardIntervalKnown)) != (BandwidthKnown | IndexKnown | GuardIntervalKnown) || mcs[2] > MaxIndex)
        {
            return null;
        }

        ReadOnlySpan<byte> factors = [1, 2, 3, 4, 6, 8, 9, 10];
        double rate = factors[mcs[2] & 7] * ((mcs[2] >> 3) + 1) * ((mcs[1] & 3) == 1 ? 13.5 : 6.5);
        return Math.Round((mcs[1] & 4) != 0 ? rate * 10 / 9 : rate, 1);
    }

    private static int FlagsOf(ReadOnlySpan<byte> header)
    {
        var fields = new RadiotapFields(header);
        while (fields.MoveNext())
        {
            if (fields.Number == RadiotapFields.Flags)
            {
                return header[fields.Offset];
            }
        }

        return 0;
    }
}
