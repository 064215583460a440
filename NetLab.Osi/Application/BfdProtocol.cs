using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>Bidirectional Forwarding Detection (RFC 5880, 4.1): whether the other end of a path is still there.</summary>
internal static class BfdProtocol
{
    private const int Size = 24;

    public static readonly Protocol Value = new("bfd", OsiLayer.Network, "Bidirectional Forwarding Detection", Fields.All, Dissect);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("version", "bfd.version", at: 0, size: 1, mask: 0xE0, about: "Version"),
            Field.Number("diagnostic", "bfd.diag", at: 0, size: 1, mask: 0x1F, about: "Why the session last changed"),
            Field.Number("state", "bfd.sta", at: 1, size: 1, mask: 0xC0, about: "State of the sender", summary: true, names: static v => v switch { 0 => "administratively down", 1 => "down", 2 => "initializing", _ => "up" }),
            Field.Number("flags", "bfd.flags", at: 1, size: 1, mask: 0x3F, about: "Flags"),
            Field.Number("multiplier", "bfd.detect_time_multiplier", at: 2, size: 1, about: "Packets missed after which the other is gone"),
            Field.Number("length", "bfd.message_length", at: 3, size: 1, about: "Bytes of the message"),
            Field.Number("my_discriminator", "bfd.my_discriminator", at: 4, size: 4, about: "The sender's number of the session"),
            Field.Number("your_discriminator", "bfd.your_discriminator", at: 8, size: 4, about: "The receiver's number of the session"),
            Field.Number("min_tx", "bfd.desired_min_tx_interval", at: 12, size: 4, about: "Microseconds between packets that the sender wants at least"),
            Field.Number("min_rx", "bfd.required_min_rx_interval", at: 16, size: 4, about: "Microseconds between packets that it can take at least"),
            Field.Number("min_echo_rx", "bfd.required_min_echo_interval", at: 20, size: 4, about: "The same of echoes"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // Version 1; version 0 has the same header.
        if (end - offset >= 1 && dissection.Bytes[offset] >> 5 > 1)
        {
            return false;
        }

        dissection.AddMessage(Value, offset, Size, end - offset < 4 ? Size : dissection.Bytes[offset + 3], end);
        return true;
    }
}
