using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>The Precision Time Protocol, version 2 (IEEE 1588-2019, 13.3): the common header; over UDP and on Ethernet.</summary>
internal static class PtpProtocol
{
    private const int Size = 34;
    private const int FlagsAt = 6;

    public static readonly Protocol Value = new("ptp", OsiLayer.Application, "Precision Time Protocol", Fields.All, Dissect);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number(null, "ptp.v2.majorsdoid", at: 0, size: 1, mask: 0xF0, about: "Upper part of the standard organization's number"),
            Field.Number("message", "ptp.v2.messagetype", at: 0, size: 1, mask: 0x0F, about: "Message", summary: true, names: static v => v switch
            {
                0 => "sync",
                1 => "delay request",
                2 => "peer delay request",
                3 => "peer delay response",
                8 => "follow-up",
                9 => "delay response",
                10 => "peer delay response follow-up",
                11 => "announce",
                12 => "signaling",
                13 => "management",
                _ => null,
            }),
            Field.Number(null, "ptp.v2.minorversionptp", at: 1, size: 1, mask: 0xF0, about: "Minor version"),
            Field.Number("version", "ptp.v2.versionptp", at: 1, size: 1, mask: 0x0F, about: "Version"),
            Field.Number("length", "ptp.v2.messagelength", at: 2, size: 2, about: "Bytes of the message"),
            Field.Number("domain", "ptp.v2.domainnumber", at: 4, size: 1, about: "Domain"),
            Field.Number(null, "ptp.v2.minorsdoid", at: 5, size: 1, about: "Lower part of the standard organization's number"),
            Field.Number("flags", "ptp.v2.flags", at: FlagsAt, size: 2, about: "Flags"),
            Field.Flag(null, "ptp.v2.flags.security", at: FlagsAt, size: 2, mask: 0x8000, about: "With security"),
            Field.Flag(null, "ptp.v2.flags.unicast", at: FlagsAt, size: 2, mask: 0x0400, about: "To one receiver"),
            Field.Flag(null, "ptp.v2.flags.twostep", at: FlagsAt, size: 2, mask: 0x0200, about: "The time follows in a message of its own"),
            Field.Number("clock", "ptp.v2.clockidentity", at: 20, size: 8, about: "Clock of the sender"),
            Field.Number("port", "ptp.v2.sourceportid", at: 28, size: 2, about: "Port of the sender"),
            Field.Number("sequence", "ptp.v2.sequenceid", at: 30, size: 2, about: "Sequence number", summary: true),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset >= 2 && (dissection.Bytes[offset + 1] & 15) != 2)
        {
            return false;
        }

        int length = end - offset < 4 ? Size : (dissection.Bytes[offset + 2] << 8) | dissection.Bytes[offset + 3];
        dissection.AddMessage(Value, offset, Size, length, end);
        return true;
    }
}
