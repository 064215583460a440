using static NetLab.Osi.Tests.Application.SampleBytes;

namespace NetLab.Osi.Tests.Application;

/// <summary>Messages that HTTP carries, or makes way for: WebSocket, JSON, gRPC, DNS, and XMPP.</summary>
internal static class WebSamples
{
    private const string Crlf = " 0D0A ";
    private const string EmptyLine = " 0D0A0D0A ";
    private const string Upgrade = "> \"GET / HTTP/1.1\"" + Crlf + "\"Upgrade: websocket\"" + EmptyLine + "< \"HTTP/1.1 101 Go\"" + Crlf + "\"Upgrade: websocket\"" + EmptyLine;
    private const string Preface = " \"PRI * HTTP/2.0\" 0D0A0D0A \"SM\" 0D0A0D0A ";
    private const string Query = "1234 0100 0001 0000 0000 0000 03 \"www\" 07 \"example\" 03 \"org\" 00 0001 0001";
    private const string Answer = "1234 8180 0001 0001 0000 0000 03 \"www\" 07 \"example\" 03 \"org\" 00 0001 0001 C00C 0001 0001 0000003C 0004 C0000207";

    public static IEnumerable<ProtocolSample> All =>
    [
        // RFC 6455, 5.7: a text without a mask, one with it, one in two frames with a ping between them, a close with its reason.
        new("websocket", "tcp 80", Upgrade + "81 05 \"Hello\" > 81 85 37FA213D 7F9F4D5158 < 01 03 \"Hel\" 89 02 \"hi\" 80 02 \"lo\" 88 07 03E9 \"later\"",
            "websocket.text=Hello websocket.text=Hello websocket.opcode=9 websocket.text=Hello websocket.close_code=1001 websocket.close_reason=later"),

        // RFC 7692, 7.2.3.1 and 7.2.3.2: the same text twice, the second time by what the first left behind.
        new("websocket", "tcp 80", Upgrade + "C1 07 F248CDC9C90700 < C1 05 F200110000", "websocket.text=Hello websocket.text=Hello"),
        new("json", "tcp 80", Upgrade + "81 24 " + Ascii("{\"a\":[1,-2.5e3],\"b\":\"x\\u0041\",\"c\":1}"), "json.keys=a,b,c json.numbers=1,-2.5e3,1 json.strings=xA"),
        new("mqtt", "tcp 80", Upgrade + "> 82 90 00000000 10 0E 0004 \"MQTT\" 04 02 003C 0002 \"me\" < 82 04 2002 0000", "websocket.opcode=2 mqtt.types=1 mqtt.client=me mqtt.types=2"),
        new("xmpp", "tcp 80", Upgrade + "> 81 FD 00000000 \"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.org' version='1.0'/><message to='a@b'><body>hi</body></message>\"",
            "xmpp.kind=open xmpp.to=example.org xmpp.kind=message xmpp.body=hi"),
        new("json", "tcp 80", "> \"GET / HTTP/1.1\"" + EmptyLine + "< \"HTTP/1.1 200 OK\"" + Crlf + "\"Content-Type: application/json\"" + Crlf + "\"Content-Length: 11\"" + EmptyLine + "\"{\" 22 \"k\" 22 \":true}\"  20",
            "http.status=200 json.keys=k"),
        new("dns", "tcp 80", ">" + Preface + Headers(1, 5, (":method", "GET"), (":path", "/dns-query?dns=EjQBAAABAAAAAAAAA3d3dwdleGFtcGxlA29yZwAAAQAB"))
            + "<" + Headers(1, 4, (":status", "200"), ("content-type", "application/dns-message")) + Frame(0, 8, 1, "01 1234 8180 0001 0001 0000 0000 03 \"www\" 07 \"ex\" 00") + Frame(0, 1, 1, "\"ample\" 03 \"org\" 00 0001 0001 C00C 0001 0001 0000003C 0004 C0000207"),
            "dns.qr=False dns.name=www.example.org dns.qr=True dns.data=192.0.2.7"),
        new("dns", "tcp 40110", ">" + Preface + Headers(1, 4, (":method", "POST"), (":path", "/dns-query"), ("content-type", "application/dns-message")) + Frame(0, 1, 1, Query), "dns.id=4660 dns.name=www.example.org"),
        new("json", "tcp 40110", ">" + Preface + Headers(3, 4, (":method", "PUT"), (":path", "/"), ("content-type", "application/json;charset=utf-8")) + Frame(0, 0, 3, "\"[1,\"") + Frame(0, 0, 3, "\"2]\"") + Headers(3, 5, ("x", "y")),
            "json.numbers=1,2"),
        new("grpc", "tcp 40110", ">" + Preface + Headers(1, 4, (":method", "POST"), (":path", "/a.B/C"), ("content-type", "application/grpc")) + Frame(0, 0, 1, "00 00000009 08 9601 12 04 \"te\"") + Frame(0, 0, 1, "\"st\" 00 00000000 00 0000000A 0D 01000000 1A"),
            "grpc.length=9 protobuf.number=1 protobuf.wire_type=0 protobuf.value=150 protobuf.number=2 protobuf.value=test grpc.length=0"),
        new("grpc", "tcp 40110", ">" + Preface + Headers(1, 4, (":method", "POST"), (":path", "/a.B/C"), ("content-type", "application/grpc+json")) + Frame(0, 1, 1, "00 00000007 \"{\" 22 \"a\" 22 \":1}\""), "grpc.length=7 json.keys=a json.numbers=1"),
        new("protobuf", "tcp 80", "> \"POST / HTTP/1.1\"" + Crlf + "\"Content-Type: application/x-protobuf\"" + Crlf + "\"Content-Length: 15\"" + EmptyLine + "0B 10 7F 0C 11 0102030405060708 12 00",
            "protobuf.number=1 protobuf.wire_type=3 protobuf.number=2 protobuf.value=127 protobuf.wire_type=4 protobuf.value=578437695752307201"),

        new("json", "udp 17500", "> " + Ascii("{\"port\": 17500, \"version\": [2, 0]}"), "json.keys=port,version json.numbers=17500,2,0"),

        // DNS on ports of nobody.
        new("dns", "udp 5301", "> " + Query + " < " + Answer, "dns.id=4660 dns.name=www.example.org dns.data=192.0.2.7"),
        new("dns", "tcp 5301", "> 0021 " + Query + " < 0031 " + Answer, "dns.id=4660 dns.name=www.example.org dns.data=192.0.2.7"),

        new("xmpp", "tcp 5222", "> \"<?xml version='1.0'?><stream:stream to='example.org' xmlns='jabber:client'>\" < \"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>\" 20",
            "xmpp.kind=stream xmpp.to=example.org xmpp.xmlns=jabber:client xmpp.kind=features xmpp.children=starttls"),
        new("xmpp", "tcp 40111", "> \"<stream:stream to='example.org'><iq type='get' id='7' to='a@b/c'><query xmlns='jabber:iq:ro\" > \"ster'/></iq><presence/><message><body><![CDATA[<>]]></body></message></stream:stream>\"",
            "xmpp.kind=iq xmpp.type=get xmpp.id=7 xmpp.to=a@b/c xmpp.xmlns=jabber:iq:roster xmpp.kind=presence xmpp.body=<> xmpp.kind=stream_end"),
        new("tls", "tcp 5222", "> \"<stream:stream to='example.org'><starttls/>\" < \"<stream:stream><proceed/>\" > 16 0301 0033 01 00002F 0303 " + Zeros(32) + "00 0002 C02B 01 00 0004 0017 0000",
            "xmpp.kind=starttls xmpp.kind=proceed tls.handshakes=1"),
    ];

    private static string Headers(int stream, int flags, params (string Name, string Value)[] fields) =>
        Frame(1, flags, stream, string.Concat(fields.Select(f => $"00 {f.Name.Length:X2} {Ascii(f.Name)} {f.Value.Length:X2} {Ascii(f.Value)} ")));

    // A frame of HTTP/2 behind its length; texts in it count as what they are.
    private static string Frame(int type, int flags, int stream, string payload)
    {
        string hex = Digits(payload);
        return $" {hex.Length / 2:X6} {type:X2} {flags:X2} {stream:X8} {hex} ";
    }

    private static string Zeros(int count) => new('0', 2 * count);
}
