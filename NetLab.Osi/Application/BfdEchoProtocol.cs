using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>Echo packets of Bidirectional Forwarding Detection (RFC 5881, 4): what the sender wrote for itself, sent back by the other end.</summary>
internal static class BfdEchoProtocol
{
    public static readonly Protocol Value = new("bfd_echo", OsiLayer.Network, "Bidirectional Forwarding Detection, echo", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Packet = Field.Bytes("packet", "bfd_echo.packet", about: "What only its sender understands");

        public static readonly Field[] All = [Packet];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink) => sink.Bytes(Fields.Packet, view.BytesOf(index), view[index].Offset);
}
