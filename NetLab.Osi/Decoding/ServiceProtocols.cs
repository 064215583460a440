using NetLab.Osi.Application;
using NetLab.Osi.Application.Accounting;
using NetLab.Osi.Application.Chat;
using NetLab.Osi.Application.Http2;
using NetLab.Osi.Application.Mail;
using NetLab.Osi.Application.Media;
using NetLab.Osi.Application.Peers;
using NetLab.Osi.Application.Remote;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Decoding;

/// <summary>The rows of protocols between people and their services: media, mail, chat, remote terminals, accounting, peers.</summary>
internal static class ServiceProtocols
{
    /// <summary>They, as <see cref="BuiltInProtocols"/> has the others.</summary>
    public static ProtocolReference[] Rows =>
    [
        new("stun", "udp.port==3478 tcp.port==3478 udp tcp", static () => StunProtocol.Value, StunProtocol.BeginsStream),
        new("dtls", "udp.port==4433,5684 udp", static () => DtlsProtocol.Value, DtlsProtocol.Begins),
        new("sdp", "media_type==application/sdp", static () => SdpProtocol.Value),
        new("rtp", "", static () => RtpProtocol.Value),
        new("rtcp", "udp", static () => RtcpProtocol.Value, RtcpProtocol.Begins),
        new("rtsp", "tcp.port==554,8554 tcp", static () => RtspProtocol.Value, RtspProtocol.Begins),
        new("rtmpt", "tcp.port==1935", static () => RtmptProtocol.Value),
        new("mgcp", "udp.port==2427,2727 udp", static () => MgcpProtocol.Value, MgcpProtocol.Begins),
        new("skinny", "tcp.port==2000", static () => SkinnyProtocol.Value),
        new("h225_ras", "udp.port==1718,1719", static () => H225Protocol.Ras, filters: "h225"),
        new("h225_cs", "", static () => H225Protocol.Signalling, filters: "h225"),
        new("q931", "", static () => Q931Protocol.Value),
        new("imf", "media_type==message/rfc822", static () => ImfProtocol.Value),
        new("ftp_data", "tcp.port==20", static () => FtpDataProtocol.Value, filters: "ftp-data"),
        new("nntp", "tcp.port==119", static () => NntpProtocol.Value),
        new("irc", "tcp.port==6667-6669", static () => IrcProtocol.Value),
        new("xmpp", "tcp.port==5222,5269 tcp", static () => XmppProtocol.Value, XmppProtocol.Begins),
        new("telnet", "tcp.port==23", static () => TelnetProtocol.Value),
        new("rlogin", "tcp.port==513", static () => RemoteShellProtocols.Rlogin),
        new("rsh", "tcp.port==514", static () => RemoteShellProtocols.Rsh),
        new("exec", "tcp.port==512", static () => RemoteShellProtocols.Rexec),
        new("vnc", "tcp.port==5500,5900,5901 tcp", static () => VncProtocol.Value, VncProtocol.Begins),
        new("syslog", "udp.port==514", static () => SyslogProtocol.Value),
        new("radius", "udp.port==1645,1646,1812,1813,3799", static () => RadiusProtocol.Value),
        new("diameter", "tcp.port==3868 sctp.port==3868 sctp.ppi==46", static () => DiameterProtocol.Value),
        new("coap", "udp.port==5683", static () => CoapProtocol.Value),
        new("bittorrent", "tcp.port==6881-6889 tcp", static () => BitTorrentProtocol.Value, BitTorrentProtocol.Begins),
        new("bt_dht", "udp", static () => DhtProtocol.Value, DhtProtocol.Begins, filters: "bt-dht"),
        new("json", "media_type==application/json,application/problem+json,application/ld+json,application/geo+json,application/json-rpc,text/json", static () => JsonProtocol.Value),
        new("grpc", "", static () => GrpcProtocol.Value),
        new("protobuf", "media_type==application/protobuf,application/x-protobuf,application/vnd.google.protobuf,application/x-google-protobuf", static () => ProtobufProtocol.Value),
        new("wol", "eth.type==0x0842 udp.port==9 udp", static () => WakeOnLanProtocol.Value, WakeOnLanProtocol.Begins),
    ];
}
