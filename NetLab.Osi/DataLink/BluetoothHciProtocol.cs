using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Bluetooth's host controller interface, UART transport (Bluetooth Core, volume 4, part A), with or without a direction before it.</summary>
internal static class BluetoothHciProtocol
{
    private const int Command = 1;
    private const int Asynchronous = 2;
    private const int Event = 4;

    public static readonly Protocol Value = new("hci_h4", OsiLayer.DataLink, "Bluetooth HCI H4", Fields.All, Dissect, Describe);

    public static readonly Protocol WithDirection = new("hci_h4", OsiLayer.DataLink, "Bluetooth HCI H4 with direction", [Fields.Direction], DissectWithDirection, Describe);

    private static class Fields
    {
        public static readonly Field Direction = Field.Number("direction", "hci_h4.direction", about: "0 sent to, 1 received from the controller", width: 1);
        public static readonly Field Type = Field.Number("type", "hci_h4.type", about: "Kind of packet", summary: true, names: static v => v switch
        {
            Command => "command",
            Asynchronous => "asynchronous data",
            3 => "synchronous data",
            Event => "event",
            5 => "isochronous data",
            _ => null,
        }, width: 1);
        public static readonly Field Opcode = Field.Number("opcode", "bthci_cmd.opcode", about: "Command", width: 2);
        public static readonly Field EventCode = Field.Number("event", "bthci_evt.code", about: "Event", width: 1);
        public static readonly Field Handle = Field.Number("handle", "bthci_acl.chandle", about: "Connection", width: 2);

        public static readonly Field[] All = [Type, Opcode, EventCode, Handle];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.AddMessage(Value, offset, 1, end);
        return true;
    }

    private static bool DissectWithDirection(in Dissection dissection, int offset, int end)
    {
        dissection.AddMessage(WithDirection, offset, 5, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (view[index].Protocol == WithDirection)
        {
            sink.Number(Fields.Direction, bytes[3] & 1, at, 4);
            bytes = bytes[4..];
            at += 4;
        }

        sink.Number(Fields.Type, bytes[0], at, 1);
        if (bytes.Length < 3)
        {
            return;
        }

        switch (bytes[0])
        {
            case Command:
                sink.Number(Fields.Opcode, bytes[1] | (bytes[2] << 8), at + 1, 2);
                break;
            case Event:
                sink.Number(Fields.EventCode, bytes[1], at + 1, 1);
                break;
            case Asynchronous:
                sink.Number(Fields.Handle, (bytes[1] | (bytes[2] << 8)) & 0xFFF, at + 1, 2);
                break;
            default:
                break;
        }
    }
}
