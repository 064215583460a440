using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>USB as Linux captures it (LINKTYPE_USB_LINUX and _MMAPPED), and as USBPcap does on Windows (LINKTYPE_USBPCAP).</summary>
internal static class UsbProtocol
{
    private const int LinuxSize = 48;
    private const int MappedSize = 64;
    private const int UsbPcapSize = 27;

    public static readonly Protocol Linux = Make(LinuxSize);
    public static readonly Protocol LinuxMapped = Make(MappedSize);
    public static readonly Protocol UsbPcap = new("usb", OsiLayer.DataLink, "Universal Serial Bus (USBPcap)", UsbPcapFields.All, DissectUsbPcap);

    private static class LinuxFields
    {
        public static readonly Field[] All =
        [
            Field.Number("urb", "usb.urb_id", at: 0, size: 8, littleEndian: true, about: "Number of the request"),
            Field.Number("type", at: 8, size: 1, about: "Submitted or completed", names: static v => v switch { 'S' => "submitted", 'C' => "completed", 'E' => "error", _ => null }),
            Field.Number("transfer", "usb.transfer_type", at: 9, size: 1, about: "Kind of transfer", summary: true, names: static v => TransferName(v)),
            Field.Number("endpoint", "usb.endpoint_address", at: 10, size: 1, about: "Endpoint"),
            Field.Number("device", "usb.device_address", at: 11, size: 1, about: "Device"),
            Field.Number("bus", "usb.bus_id", at: 12, size: 2, littleEndian: true, about: "Bus"),
            Field.Number("length", "usb.urb_len", at: 32, size: 4, littleEndian: true, about: "Bytes asked for or transferred"),
            Field.Number("data_length", "usb.data_len", at: 36, size: 4, littleEndian: true, about: "Bytes of data in the capture"),
        ];
    }

    private static class UsbPcapFields
    {
        public static readonly Field[] All =
        [
            Field.Number("header_length", "usb.usbpcap_header_len", at: 0, size: 2, littleEndian: true, about: "Bytes of header"),
            Field.Number("irp", "usb.irp_id", at: 2, size: 8, littleEndian: true, about: "Number of the request"),
            Field.Number("bus", "usb.bus_id", at: 17, size: 2, littleEndian: true, about: "Bus"),
            Field.Number("device", "usb.device_address", at: 19, size: 2, littleEndian: true, about: "Device"),
            Field.Number("endpoint", "usb.endpoint_address", at: 21, size: 1, about: "Endpoint"),
            Field.Number("transfer", "usb.transfer_type", at: 22, size: 1, about: "Kind of transfer", summary: true, names: static v => TransferName(v)),
            Field.Number("data_length", "usb.data_len", at: 23, size: 4, littleEndian: true, about: "Bytes of data"),
        ];
    }

    private static string? TransferName(long type) => type switch { 0 => "isochronous", 1 => "interrupt", 2 => "control", 3 => "bulk", _ => null };

    private static Protocol Make(int size)
    {
        Protocol? protocol = null;
        protocol = new Protocol("usb", OsiLayer.DataLink, "Universal Serial Bus", LinuxFields.All, (in Dissection dissection, int offset, int end) => Dissect(protocol!, size, dissection, offset, end));
        return protocol;
    }

    private static bool Dissect(Protocol protocol, int size, in Dissection dissection, int offset, int end)
    {
        if (end - offset < size)
        {
            dissection.Cut(protocol, "USB header", offset, size, end);
        }
        else if (dissection.Add(protocol, offset, size, end))
        {
            dissection.Data(OsiLayer.DataLink, offset + size, end);
        }

        return true;
    }

    private static bool DissectUsbPcap(in Dissection dissection, int offset, int end)
    {
        int size = end - offset < 2 ? UsbPcapSize : Math.Max(UsbPcapSize, dissection.Bytes[offset] | (dissection.Bytes[offset + 1] << 8));
        return Dissect(UsbPcap, size, dissection, offset, end);
    }
}
