using NetLab.Osi.Application;
using NetLab.Osi.DataLink;
using NetLab.Osi.Protocols;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Decoding;

/// <summary>Rows of tunnels, of mobile networks, and of link types beside Ethernet, 802.11 and PPP.</summary>
internal static class TunnelProtocols
{
    public static ProtocolReference[] Links =>
    [
        new("cfp", "", static () => FabricPathProtocol.Value),
        new("vntag", "eth.type==0x8926", static () => VnTagProtocol.Value),
        new("macsec", "eth.type==0x88e5", static () => MacsecProtocol.Value),
        new("wpan", "link.type==195", static () => WpanProtocol.Value),
        new("wpan", "link.type==230", static () => WpanProtocol.WithoutCheck),
        new("zbee_nwk", "", static () => ZigbeeNetworkProtocol.Value),
        new("zbee_aps", "", static () => ZigbeeApplicationProtocol.Value),
        new("zbee_zdp", "", static () => ZigbeeDeviceProtocol.Value),
        new("zbee_zcl", "", static () => ZigbeeClusterProtocol.Value),
        new("zbee_beacon", "", static () => ZigbeeBeaconProtocol.Value),
        new("can", "link.type==227", static () => CanProtocol.Value),
        new("usb", "link.type==189", static () => UsbProtocol.Linux),
        new("usb", "link.type==220", static () => UsbProtocol.LinuxMapped),
        new("usb", "link.type==249", static () => UsbProtocol.UsbPcap),
        new("hci_h4", "link.type==187", static () => BluetoothHciProtocol.Value, filters: "hci_h4,bthci_cmd,bthci_evt,bthci_acl"),
        new("hci_h4", "link.type==201", static () => BluetoothHciProtocol.WithDirection, filters: "hci_h4,bthci_cmd,bthci_evt,bthci_acl"),
        new("nflog", "link.type==239", static () => NflogProtocol.Value),
        new("pktap", "link.type==258,149", static () => PktapProtocol.Value),
        new("clip", "link.type==106", static () => ClassicalIpProtocol.Value),
        new("juniper", "link.type==178", static () => JuniperProtocol.Ethernet),
        new("juniper", "link.type==179", static () => JuniperProtocol.Ppp),
        new("juniper", "link.type==181", static () => JuniperProtocol.Chdlc),
        new("juniper", "link.type==130-137,164,167,168,174,180,183,194,200,232-234,238", static () => JuniperProtocol.Other),
    ];

    public static ProtocolReference[] Tunnels =>
    [
        new("wg", "udp.port==51820 udp", static () => WireGuardProtocol.Value, WireGuardProtocol.Begins),
        new("openvpn", "udp.port==1194", static () => OpenVpnProtocol.Datagram),
        new("openvpn", "tcp.port==1194", static () => OpenVpnProtocol.Value),
        new("isakmp", "udp.port==500", static () => IkeProtocol.Value),
        new("udpencap", "udp.port==4500", static () => IkeProtocol.InUdp),
        new("gtpv2", "udp.port==2123", static () => Gtpv2Protocol.Value),
        new("pfcp", "udp.port==8805", static () => PfcpProtocol.Value),
        new("sflow", "udp.port==6343", static () => SflowProtocol.Value, filters: "sflow,sflow_245"),
        new("capwap", "udp.port==5247", static () => CapwapProtocol.Data),
        new("capwap", "udp.port==5246", static () => CapwapProtocol.Control),
        new("lisp_data", "udp.port==4341", static () => LispProtocol.Data, filters: "lisp-data"),
        new("lisp", "udp.port==4342", static () => LispProtocol.Control),
        new("lisp_tcp", "tcp.port==4342", static () => LispStreamProtocol.Value, filters: "lisp-tcp"),
        new("m3ua", "sctp.data_payload_proto_id==3 sctp.port==2905", static () => M3uaProtocol.Value),
        new("ngap", "sctp.data_payload_proto_id==60 sctp.port==38412", static () => ApplicationPartProtocol.Ngap),
        new("s1ap", "sctp.data_payload_proto_id==18 sctp.port==36412", static () => ApplicationPartProtocol.S1ap),
        new("x2ap", "sctp.data_payload_proto_id==27 sctp.port==36422", static () => ApplicationPartProtocol.X2ap),
    ];
}
