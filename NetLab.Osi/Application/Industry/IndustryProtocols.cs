using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>The rows of control systems' protocols.</summary>
internal static class IndustryProtocols
{
    public static ProtocolReference[] Rows =>
    [
        new("mbtcp", "tcp.port==502 udp.port==502", static () => ModbusTcpProtocol.Value),
        new("modbus", "", static () => ModbusProtocol.Value),
        new("dnp3", "tcp.port==20000 udp.port==20000 tcp udp", static () => Dnp3Protocol.Value, Dnp3Protocol.Begins),
        new("synphasor", "tcp.port==4712 udp.port==4713 tcp udp", static () => SynchrophasorProtocol.Value, SynchrophasorProtocol.Begins),
        new("iec60870_104", "tcp.port==2404", static () => Iec104Protocol.Value, filters: "iec60870_104,iec60870_asdu"),
        new("iec60870_asdu", "", static () => Iec60870Asdu.Value),
        new("enip", "tcp.port==44818 udp.port==44818 tcp udp", static () => EthernetIpProtocol.Value, EthernetIpProtocol.Begins),
        new("cip", "", static () => CipProtocol.Value),
        new("bvlc", "udp.port==47808 udp", static () => BacnetVirtualLink.Value, BacnetVirtualLink.Begins),
        new("bacnet", "llc.dsap==0x82", static () => BacnetProtocol.Value),
        new("bacapp", "", static () => BacnetApplication.Value),
        new("pn_rt", "eth.type==0x8892", static () => ProfinetProtocol.Value),
        new("pn_ptcp", "", static () => ProfinetTimeProtocol.Value),
        new("pn_dcp", "", static () => ProfinetDiscovery.Value),
        new("goose", "eth.type==0x88b8", static () => GooseProtocol.Value),
        new("sv", "eth.type==0x88ba", static () => SampledValuesProtocol.Value),
        new("opcua", "tcp.port==4840,4843 tcp", static () => OpcUaProtocol.Value, OpcUaProtocol.Begins),
        new("hart_ip", "tcp.port==5094 udp.port==5094 udp", static () => HartIpProtocol.Value, HartIpProtocol.Begins),
        new("omron", "tcp.port==9600 udp.port==9600", static () => FinsProtocol.Value),
    ];
}
