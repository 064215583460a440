using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>PROFINET's Discovery and Configuration Protocol (IEC 61158-6-10, 4.3).</summary>
internal static class ProfinetDiscovery
{
    private const int Get = 3;
    private const int Set = 4;
    private const int Identify = 5;
    private const int Hello = 6;
    private const int IpOption = 1;
    private const int DeviceOption = 2;
    private const int ControlOption = 5;

    public static readonly Protocol Value = new("pn_dcp", OsiLayer.Application, "PROFINET discovery", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Service = Field.Number("service", "pn_dcp.service_id", about: "Service", summary: true, names: static v => (int)v switch
        {
            Get => "get",
            Set => "set",
            Identify => "identify",
            Hello => "hello",
            _ => null,
        }, width: 1);
        public static readonly Field ServiceType = Field.Number("service_type", "pn_dcp.service_type", about: "Request or response", names: static v => (int)v switch
        {
            0 => "request",
            1 => "response, success",
            5 => "response, not supported",
            _ => null,
        }, width: 1);
        public static readonly Field Xid = Field.Number("xid", "pn_dcp.xid", about: "Number of the request", width: 4);
        public static readonly Field Delay = Field.Number("response_delay", "pn_dcp.response_delay", about: "Response delay", width: 2);
        public static readonly Field Length = Field.Number("length", "pn_dcp.data_length", about: "Bytes of blocks", width: 2);
        public static readonly Field Blocks = Field.Group("blocks", "Blocks");
        public static readonly Field Option = Field.Number("option", "pn_dcp.option", about: "Option", width: 1);
        public static readonly Field IpSuboption = Field.Number("suboption", "pn_dcp.suboption_ip", about: "Suboption of IP", width: 1);
        public static readonly Field DeviceSuboption = Field.Number("suboption", "pn_dcp.suboption_device", about: "Suboption of the device", width: 1);
        public static readonly Field ControlSuboption = Field.Number("suboption", "pn_dcp.suboption_control", about: "Suboption of control", width: 1);
        public static readonly Field BlockLength = Field.Number("length", "pn_dcp.block_length", about: "Bytes of the block", width: 2);
        public static readonly Field StationType = Field.Text("station_type", "pn_dcp.suboption_device_devicevendorvalue", about: "Type of the station");
        public static readonly Field StationName = Field.Text("station_name", "pn_dcp.suboption_device_nameofstation", about: "Name of the station", summary: true);
        public static readonly Field Address = Field.Ipv4("ip", "pn_dcp.suboption_ip_ip", about: "IP address");
        public static readonly Field Mask = Field.Ipv4("mask", "pn_dcp.suboption_ip_subnetmask", about: "Subnet mask");
        public static readonly Field Gateway = Field.Ipv4("gateway", "pn_dcp.suboption_ip_standard_gateway", about: "Gateway");

        public static readonly Field[] All =
        [
            Service, ServiceType, Xid, Delay, Length, Blocks, Option, IpSuboption, DeviceSuboption, ControlSuboption, BlockLength, StationType, StationName, Address, Mask, Gateway,
        ];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        bool hasDelay = view.BufferOf(index)[view[index].Offset - 1] == 0xFE;
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset);
        int service = (int)reader.Report(sink, Fields.Service, 1);
        bool isResponse = (reader.Report(sink, Fields.ServiceType, 1) & 1) != 0;
        reader.Report(sink, Fields.Xid, 4);
        if (hasDelay)
        {
            reader.Report(sink, Fields.Delay, 2);
        }
        else
        {
            reader.Skip(2);
        }

        ByteReader blocks = reader.Inner(reader.Report(sink, Fields.Length, 2));
        sink.BeginList(Fields.Blocks);
        while (blocks.Left >= 2)
        {
            sink.BeginItem();
            DescribeBlock(ref blocks, service, isResponse, sink);
            blocks.Align(2);
            sink.EndItem();
        }

        sink.EndList();
    }

    private static void DescribeBlock(ref ByteReader reader, int service, bool isResponse, IFieldSink sink)
    {
        int option = (int)reader.Report(sink, Fields.Option, 1);
        int suboption = ReportSuboption(ref reader, option, sink);
        if (service == Get && !isResponse)
        {
            // What is asked for is named alone.
            return;
        }

        ByteReader block = reader.Inner(reader.Report(sink, Fields.BlockLength, 2));

        // Responses, hellos and what is set stand behind two bytes of information or of a qualifier.
        bool hasInformation = isResponse ? service is Get or Identify : service is Set or Hello;
        block.Skip(hasInformation && option != ControlOption ? 2 : 0);
        switch (option, suboption)
        {
            case (ControlOption, 4) when isResponse:
                // An answer names what it answers, and an error.
                int named = block.Byte();
                ReportSuboption(ref block, named, sink);
                break;
            case (IpOption, 2 or 3):
                block.Report(sink, Fields.Address, 4);
                block.Report(sink, Fields.Mask, 4);
                block.Report(sink, Fields.Gateway, 4);
                break;
            case (DeviceOption, 1):
                block.Report(sink, Fields.StationType, block.Left);
                break;
            case (DeviceOption, 2):
                block.Report(sink, Fields.StationName, block.Left);
                break;
            case (DeviceOption, 5):
                while (block.Left >= 2)
                {
                    int of = (int)block.Report(sink, Fields.Option, 1);
                    ReportSuboption(ref block, of, sink);
                }

                break;
            default:
                break;
        }
    }

    private static int ReportSuboption(ref ByteReader reader, int option, IFieldSink sink)
    {
        Field? field = option switch { IpOption => Fields.IpSuboption, DeviceOption => Fields.DeviceSuboption, ControlOption => Fields.ControlSuboption, _ => null };
        return field is null ? reader.Byte() : (int)reader.Report(sink, field, 1);
    }
}
