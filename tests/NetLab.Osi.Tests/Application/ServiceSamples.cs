namespace NetLab.Osi.Tests.Application;

/// <summary>Messages of media, mail, chat, remote terminals, accounting and peers, and of protocols that others share ports with.</summary>
internal static class ServiceSamples
{
    private const string Crlf = " 0D0A ";
    private const string EmptyLine = " 0D0A0D0A ";

    // A mail of two parts; each text is in quotes, line ends are hexadecimal.
    private const string Mail =
        "\"From: a@example.org\"" + Crlf + "\"Subject: two\"" + Crlf + "\"  lines\"" + Crlf + "\"Content-Type: multipart/mixed; boundary=xy\"" + EmptyLine
        + "\"--xy\"" + Crlf + "\"Content-Type: text/plain\"" + EmptyLine + "\"hello\"" + Crlf + "\"--xy--\"" + Crlf;

    public static IEnumerable<ProtocolSample> All =>
    [
        new("stun", "udp 3478", "> 0001 0000 2112A442 0102030405060708090A0B0C < 0101 000C 2112A442 0102030405060708090A0B0C 0020 0008 0001 BD52 E1BAA661",
            "stun.type=1 stun.length=0 stun.id=0102030405060708090a0b0c stun.type=257 stun.kind=mapped stun.address=192.168.2.35 stun.port=40000"),
        new("stun", "udp 3478",
            "> 0101 0034 2112A442 0102030405060708090A0B0C 0020 0008 0001 BD52 E1BAA661 0006 0003 75736500 0009 0004 00000401 8022 0001 78000000 802B 0008 0001 0D96 C0000207",
            "stun.type=257 stun.username=use stun.error=401 stun.kind=mapped stun.address=192.168.2.35 stun.kind=response_origin stun.address=192.0.2.7 stun.port=3478"),
        new("stun", "tcp 40100", "> 0018 0001 0004 2112A442 0102030405060708090A0B0C 8028 0000", "stun.type=1 stun.length=4"),
        new("stun", "udp 3478", "> 0003 0000 2112A442 0102030405060708090A0B0C < 4000 0004 80C90000", "stun.type=3 stun.channel=16384 stun.length=4"),
        new("dtls", "udp 40101",
            "> 16 FEFF 0000 000000000000 0036 01 00002A 0000 000000 00002A FEFD 0000000000000000000000000000000000000000000000000000000000000000 00 00 0002 C02B 01 00",
            "dtls.type=22 dtls.version=65279 dtls.epoch=0 dtls.sequence=0 dtls.length=54 dtls.handshake=1 dtls.hello_version=65277 dtls.ciphers=49195"),
        new("sdp", "udp 5060", "> \"OPTIONS sip:a@b SIP/2.0\"" + Crlf + "\"Content-Type: application/sdp\"" + EmptyLine
            + "\"v=0\"" + Crlf + "\"o=me 1 1 IN IP4 192.0.2.7\"" + Crlf + "\"c=IN IP4 192.0.2.7\"" + Crlf + "\"m=audio 40010 RTP/AVP 0\"" + Crlf,
            "sip.method=OPTIONS sdp.user=me sdp.address=192.0.2.7 sdp.media=audio sdp.port=40010 sdp.proto=RTP/AVP"),
        new("rtcp", "udp 40103", "> 80C9 0001 00000005 81CA 0002 00000005 01 01 61 00", "rtcp.type=201 rtcp.length=1 rtcp.ssrc=5 rtcp.type=202"),
        new("rtcp", "udp 40103", "> 8DCC 0002 00000007 41424344 80C9 0001 00000005", "rtcp.type=204 rtcp.length=2 rtcp.ssrc=7 rtcp.type=201 rtcp.length=1 rtcp.ssrc=5"),
        new("rtsp", "tcp 554", "> \"SETUP rtsp://h/a RTSP/1.0\"" + Crlf + "\"Transport: RTP/AVP;unicast;client_port=4588-4589\"" + EmptyLine
            + "< \"RTSP/1.0 200 OK\"" + Crlf + "\"Session: 47;timeout=60\"" + EmptyLine + "24 00 000C 8000 0001 00000002 00000003",
            "rtsp.method=SETUP rtsp.url=rtsp://h/a rtsp.transport=RTP/AVP;unicast;client_port=4588-4589 rtsp.status=200 rtsp.session=47 rtp.seq=1 rtp.ssrc=3"),
        new("mgcp", "udp 2427", "> \"CRCX 1204 aaln/1@rgw MGCP 1.0\"" + Crlf + "\"C: A3C4\"" + Crlf + "< \"200 1204 OK\"" + Crlf + "\"I: FDE2\"" + Crlf,
            "mgcp.verb=CRCX mgcp.endpoint=aaln/1@rgw mgcp.transaction=1204 mgcp.call=A3C4 mgcp.code=200 mgcp.connection=FDE2"),
        new("skinny", "tcp 2000", "> 10000000 00000000 26000000 01000000 02000000 03000000", "skinny.length=16 skinny.message=38 skinny.line=2 skinny.call=3"),
        new("skinny", "tcp 2000", "> 14000000 00000000 22000000 00000000 C0000207 409C0000 05000000", "skinny.message=34 skinny.party=5"),
        new("imf", "tcp 25", "> \"DATA\"" + Crlf + "< \"354 go\"" + Crlf + "> " + Mail + "\".\"" + Crlf,
            "smtp.commands=DATA imf.from=a@example.org imf.content_type=multipart/mixed;_boundary=xy imf.content_type=text/plain imf.bytes=7"),
        new("skinny", "tcp 2000",
            "> 40000000 14000000 8A000000 01000000 02000000 00000000 C0000207 000000000000000000000000 B4240000 14000000 04000000 00000000 00000000 00000000 00000000 57000000",
            "skinny.message=138 skinny.conference=1 skinny.party=2 skinny.call=87"),
        new("imf", "tcp 25", "> \"BDAT 21\"" + Crlf + "\"From: b@example.org\"" + Crlf + "\"BDAT 0 LAST\"" + Crlf, "imf.from=b@example.org"),
        new("imf", "tcp 25", "> \"BDAT 21 LAST\"" + Crlf + "\"From: b@example.org\"" + Crlf, "imf.from=b@example.org"),
        new("imf", "tcp 110", "> \"RETR 1\"" + Crlf + "< \"+OK\"" + Crlf + "\"From: c@example.org\"" + EmptyLine + "\"..x\"" + Crlf + "\".\"" + Crlf, "pop.commands=RETR imf.from=c@example.org"),
        new("imf", "tcp 143", "> \"a FETCH 1 BODY[]\"" + Crlf + "< \"* 1 FETCH (BODY[] {21}\"" + Crlf + "\"From: d@example.org\"" + Crlf + "\")\"" + Crlf, "imap.commands=FETCH imf.from=d@example.org"),
        new("nntp", "tcp 119", "< \"200 ready\"" + Crlf + "> \"GROUP misc.test\"" + Crlf, "nntp.code=200 nntp.command=GROUP"),
        new("irc", "tcp 6667", "> \"NICK me\"" + Crlf + "< \":srv 001 me :Welcome here\"" + Crlf,
            "irc.command=NICK irc.parameters=me irc.prefix=srv irc.command=1 irc.number=1 irc.parameters=me irc.text=Welcome_here"),
        new("telnet", "tcp 23", "> FF FD 03 FF FA 18 00 \"xterm\" FF F0 \"ls\" 0D0A", "telnet.command=253,250,240 telnet.option=3,24"),
        new("rlogin", "tcp 513", "> 00 \"me\" 00 \"you\" 00 \"vt100/9600\" 00", "rlogin.client_user=me rlogin.server_user=you rlogin.terminal=vt100/9600"),
        new("rsh", "tcp 514", "> \"1022\" 00 \"me\" 00 \"you\" 00 \"date\" 00", "rsh.stderr_port=1022 rsh.client_user=me rsh.server_user=you rsh.command=date"),
        new("exec", "tcp 512", "> \"0\" 00 \"me\" 00 \"secret\" 00 \"date\" 00", "exec.user=me exec.command=date"),
        new("vnc", "tcp 5900", "< \"RFB 003.008\" 0A > \"RFB 003.008\" 0A < 02 01 02 > 02", "vnc.server_version=003.008 vnc.client_version=003.008 vnc.security_types=1,2 vnc.security_type=2"),
        new("syslog", "udp 514", "> \"<165>1 2003-10-11T22:14:15Z host app 42 ID47 - text\"", "syslog.facility=20 syslog.level=5 syslog.host=host syslog.program=app syslog.process=42 syslog.message_id=ID47"),
        new("syslog", "udp 514", "> \"<34>Oct 11 22:14:15 mymachine su[7]: failed\"", "syslog.facility=4 syslog.level=2 syslog.host=mymachine syslog.process=7"),
        new("radius", "udp 1812", "> 01 05 0020 00000000000000000000000000000000 01 06 \"nemo\" 04 06 C0A80110", "radius.code=1 radius.id=5 radius.length=32 radius.user=nemo radius.nas=192.168.1.16"),
        new("diameter", "tcp 3868", "> 01 000028 80 000118 00000000 00000001 00000002 00000108 40 000011 \"host.test\" 000000",
            "diameter.length=40 diameter.request=True diameter.command=280 diameter.hop_by_hop=1 diameter.end_to_end=2 diameter.origin_host=host.test"),
        new("bfd_echo", "udp 3785", "> 01020304", "bfd_echo.packet=01020304"),
        new("lisp_tcp", "tcp 4342", "> 0014 000F 00000000 000000 9FACADE9 0012 000C 00000001 9FACADE9", "lisp_tcp.type=20 lisp_tcp.length=15 lisp_tcp.type=18 lisp_tcp.id=1"),
        new("coap", "udp 5683", "> 42 01 7D34 AABB B4 \"temp\" 02 \"in\" FF 01", "coap.version=1 coap.type=0 coap.token_length=2 coap.code=1 coap.id=32052 coap.token=aabb coap.path=/temp/in"),
        new("bittorrent", "tcp 40105",
            "> 13 \"BitTorrent protocol\" 0000000000000000 0101010101010101010101010101010101010101 0202020202020202020202020202020202020202 0000000D 06 00000001 00004000 00004000",
            "bittorrent.info_hash=0101010101010101010101010101010101010101 bittorrent.length=13 bittorrent.type=6 bittorrent.piece=1 bittorrent.begin=16384 bittorrent.block=16384"),
        new("bt_dht", "udp 40106", "> \"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe\"", "bt_dht.kind=query bt_dht.method=ping bt_dht.transaction=6161"),
        new("wol", "udp 9", "> FFFFFFFFFFFF" + Sixteen("020000000001"), "wol.mac=020000000001"),
        new("rtmpt", "tcp 1935",
            "> 03" + Zeros(1536) + "< 03" + Zeros(1536) + Zeros(1536) + ">" + Zeros(1536) + "03 000001 000005 14 00000000 02 0002 \"go\"",
            "rtmpt.handshake=C0+C1 rtmpt.handshake=S0+S1 rtmpt.format=0 rtmpt.chunk_stream=3 rtmpt.timestamp=1 rtmpt.size=5 rtmpt.type=20 rtmpt.command=go"),
        new("mqtt", "tcp 40107", "> 10 0E 0004 \"MQTT\" 04 02 003C 0002 \"me\" 32 08 0003 \"a/b\" 0001 21", "mqtt.types=1,3 mqtt.client=me mqtt.topics=a/b"),
        new("ssh", "tcp 22", "> \"SSH-2.0-x\"" + Crlf + "0000000C 0A 15 00000000000000000000", "ssh.banner=SSH-2.0-x ssh.messages=21"),
        new("snmp", "udp 161", "> 3019 020101 0406 \"public\" A00C 020107 020100 020100 3000 0000", "snmp.version=1 snmp.community=public snmp.error_status=0"),
        new("websocket", "tcp 80", "> \"GET / HTTP/1.1\"" + Crlf + "\"Upgrade: websocket\"" + EmptyLine + "< \"HTTP/1.1 101 Go\"" + Crlf + "\"Upgrade: websocket\"" + EmptyLine + "81 02 \"hi\"",
            "websocket.opcode=1 websocket.fin=True websocket.masked=False websocket.length=2"),

        // Versions of QUIC without a sign, unknown ones on its port, Google's, and a version negotiation.
        new("quic", "udp 443", "> C0 FACEB00E 08 4444444444444444 00 00 0401 00", "quic.packets=initial quic.versions=4207849486 quic.dcid=4444444444444444"),
        new("quic", "udp 443", "> C0 ABCD0000 08 4444444444444444 00 00 0401 00", "quic.packets=unknown_version quic.versions=2882338816"),
        new("quic", "udp 40108", "> C0 51303530 08 4444444444444444 00 00 0401 00", "quic.packets=initial quic.versions=1362113840"),
        new("quic", "udp 443", "> C0 00000001 08 4444444444444444 04 AABBCCDD 00 02 0000 < E0 00000001 04 AABBCCDD 00 02 0000 40 AABBCCDD 0102 < E0 00000001 04 AABBCCDD 00 02 0000 40 AABBCCDE 0102",
            "quic.dcid=4444444444444444 quic.dcid=aabbccdd,aabbccdd quic.dcid=aabbccdd"),
        new("quic", "udp 443", "> C0 00000001 08 4444444444444444 00 00 02 0000 < 15 AABBCCDD", "quic.packets=initial quic.packets=1-rtt"),
    ];

    private static string Sixteen(string hex) => string.Concat(Enumerable.Repeat(hex, 16));

    private static string Zeros(int count) => new('0', 2 * count);
}
