using static NetLab.Osi.Tests.Application.SampleBytes;

namespace NetLab.Osi.Tests.Application;

/// <summary>Messages of file sharing, directories, logons and remote calls.</summary>
internal static class OfficeSamples
{
    private const string EncodedServer = "\"FDEFFCFGEFFCCACACACACACACACACACA\"";
    private const string Samr = "78573412 3412 CDAB EF00 0123456789AC 01000000";
    private const string Ndr = "045D888A EB1C C911 9FE8 08002B104860 02000000";
    private const string Bind = $"05 00 0B 03 10000000 4800 0000 01000000 B810 B810 00000000 01 000000 0000 01 00 {Samr} {Ndr}";
    private const string File = "01000000 0000 0000 0200000000000000";

    public static IEnumerable<ProtocolSample> All =>
    [
        new("nbns", "udp 137", $"> 0001 0110 0001 0000 0000 0000 20 {EncodedServer} 00 0020 0001", "nbns.id=1 nbns.response=False nbns.broadcast=True nbns.questions=1 nbns.name=SERVER<20>"),
        new("nbdgm", "udp 138", $"> 11 0A 0001 C0000201 008A 0067 0000 20 {EncodedServer} 00 20 {EncodedServer} 00 {Smb(0x25, false, 0, 0, "", "")[10..]}",
            "nbdgm.type=17 nbdgm.first_fragment=True nbdgm.node_type=2 nbdgm.source_ip=192.0.2.1 nbdgm.source_port=138 nbdgm.source=SERVER<20> smb.command=37"),
        new("nbss", "tcp 139", $"> 81 000044 20 {EncodedServer} 00 20 {EncodedServer} 00 < 82 000000", "nbss.type=129 nbss.length=68 nbss.type=130"),
        new("smb2", "tcp 445", $"> {Smb2(0, false, 0, 0, 1, "2400 0200 0000 0000 00000000 00000000000000000000000000000000 0000000000000000 0202 1103")}", "smb2.command=0 smb2.message=1 smb2.dialect=514 smb2.dialect=785"),
        new("smb2", "tcp 445",
            $"> {Smb2(3, false, 0, 7, 1, "0900 0000 4800 0A00 " + Wide(@"\\h\s"))} < {Smb2(3, true, 5, 7, 1, "1000 02 00 00000000 00000000 00000000")} " +
            $"> {Smb2(5, false, 5, 7, 2, "3900 00 00 02000000 0000000000000000 0000000000000000 00000000 00000000 00000000 01000000 00000000 7800 0800 00000000 00000000 " + Wide("samr"))} " +
            $"< {Smb2(5, true, 5, 7, 2, "5900 00 00 01000000 " + new string('0', 64) + "0000000000000000 0000000000000000 00000000 00000000 " + File + "00000000 00000000")} " +
            $"> {Smb2(9, false, 5, 7, 3, "3100 7000 48000000 0000000000000000 " + File + "00000000 00000000 0000 0000 00000000 " + Bind)}",
            @"smb2.tree=\\h\s smb2.tree_id=5 smb2.session=7 smb2.file=samr smb2.tree=\\h\s smb2.file_id=00000001-0000-0000-0200-000000000000 dcerpc.type=11 dcerpc.interface=12345778-1234-abcd-ef00-0123456789ac"),
        new("ntlmssp", "tcp 445",
            $"> {Smb2(1, false, 0, 7, 1, "1900 00 01 00000000 00000000 5800 4C00 0000000000000000 " + Authenticate)} < {Smb2(1, true, 0, 7, 1, "0900 0000 4800 0000")} > {Smb2(13, false, 0, 7, 2, "0400 0000")}",
            "ntlmssp.type=3 ntlmssp.domain=DO ntlmssp.user=bob ntlmssp.host=h smb2.account=bob smb2.domain=DO smb2.account=bob"),
        new("ntlmssp", "tcp 445",
            $"> {Smb2(1, false, 0, 0, 1, "1900 00 01 00000000 00000000 5800 2200 0000000000000000 " + Ber("60", Ber("06", "2B0601050502"), Ber("A0", Ber("30", Ber("A2", Ber("04", "4E544C4D53535000 01000000 00000000".Replace(" ", "")))))))}",
            "ntlmssp.type=1"),
        new("smb", "tcp 139",
            $"> {Smb(0x75, false, 0, 1, "FF 00 0000 0000 0100", "00" + Ascii(@"\\h\s") + "00" + Ascii("?????") + "00")} < {Smb(0x75, true, 1, 1, "FF 00 0000", "")} " +
            $"> {Smb(0xA2, false, 1, 2, "FF 00 0000" + new string('0', 88), Ascii(@"\a.txt") + "00")} < {Smb(0xA2, true, 1, 2, "FF 00 0000 00 0540" + new string('0', 122), "")}",
            @"smb.command=117 smb.path=\\h\s smb.command=162 smb.file=\a.txt smb.file_id=16389 smb.file=\a.txt smb.process=1 smb.user=2 smb.multiplex=2"),
        new("dcerpc", "tcp 135", $"> {Bind} > 05 00 00 03 10000000 1800 0000 02000000 00000000 0000 0500 < 05 00 02 03 10000000 1800 0000 02000000 00000000 0000 0000",
            "dcerpc.interface=12345778-1234-abcd-ef00-0123456789ac dcerpc.type=0 dcerpc.call=2 dcerpc.operation=5 dcerpc.type=2 dcerpc.operation=5"),
        new("dcerpc", "tcp 49170", $"> {Bind}", "dcerpc.type=11 dcerpc.context=0"),
        new("dcerpc", "udp 49171", $"> 04 00 28 00 10 00 00 00 {new string('0', 32)} {Samr[..36]} {new string('0', 32)} 00000000 01000000 00000000 0300 FFFF FFFF 0000 0000 00 00", "dcerpc.version=4 dcerpc.operation=3"),
        new("ntlmssp", "tcp 389",
            "> 30 18 02 01 01 60 13 02 01 03 04 00 8A 0C 4E544C4D53535000 01000000 < 30 18 02 01 01 61 13 0A 01 00 04 0C 4E544C4D53535000 02000000 04 00",
            "ldap.operation=0 ntlmssp.type=1 ldap.operation=1 ntlmssp.type=2"),
        new("ntlmssp", "tcp 80", "> \"GET / HTTP/1.1\" 0D0A \"Authorization: NTLM TlRMTVNTUAABAAAA\" 0D0A 0D0A < \"HTTP/1.1 401 No\" 0D0A \"WWW-Authenticate: Negotiate TlRMTVNTUAACAAAA\" 0D0A \"Content-Length: 0\" 0D0A 0D0A",
            "http.uri=/ ntlmssp.type=1 http.status=401 ntlmssp.type=2"),
        new("ldap", "tcp 389",
            $"> {Ber("30", Ber("02", "01"), Ber("60", Ber("02", "03"), Ber("04", Ascii("cn=x")), Ber("80", Ascii("pw"))))} < {Ber("30", Ber("02", "01"), Ber("61", Ber("0A", "31"), Ber("04"), Ber("04", Ascii("no"))))} " +
            $"> {Ber("30", Ber("02", "02"), Ber("63", Ber("04", Ascii("dc=a")), Ber("0A", "02"), Ber("0A", "00"), Ber("02", "00"), Ber("02", "00"), Ber("01", "00"), Ber("87", Ascii("cn")), Ber("30", Ber("04", Ascii("mail")))))}",
            "ldap.id=1 ldap.operation=0 ldap.name=cn=x ldap.operation=1 ldap.result=49 ldap.message=no ldap.operation=3 ldap.base=dc=a ldap.scope=2 ldap.attribute=mail"),
        new("cldap", "udp 389", $"> {Ber("30", Ber("02", "02"), Ber("63", Ber("04", ""), Ber("0A", "00"), Ber("0A", "00"), Ber("02", "00"), Ber("02", "00"), Ber("01", "00"), Ber("87", Ascii("cn")), Ber("30", Ber("04", Ascii("Netlogon")))))}",
            "ldap.operation=3 ldap.attribute=Netlogon".Replace("ldap.", "cldap.", StringComparison.Ordinal)),
        new("kerberos", "udp 88",
            $"> {Ber("6A", Ber("30", Ber("A1", Ber("02", "05")), Ber("A2", Ber("02", "0A")), Ber("A4", Ber("30", Ber("A1", Name("bob")), Ber("A2", Ber("1B", Ascii("R"))), Ber("A3", Name("krbtgt", "R"))))))} " +
            $"< {Ber("7E", Ber("30", Ber("A0", Ber("02", "05")), Ber("A1", Ber("02", "1E")), Ber("A6", Ber("02", "19")), Ber("A9", Ber("1B", Ascii("R")))))}",
            "kerberos.type=10 kerberos.client=bob kerberos.realm=R kerberos.server=krbtgt kerberos.server=R kerberos.type=30 kerberos.error=25"),
        new("kerberos", "tcp 88", $"> 00000012 {Ber("6F", Ber("30", Ber("A0", Ber("02", "05")), Ber("A1", Ber("02", "0F")), Ber("A2", "3000")))}", "kerberos.type=15"),
        new("portmap", "udp 111",
            "> 00000001 00000000 00000002 000186A0 00000002 00000003 00000000 00000000 00000000 00000000 000186A3 00000003 00000006 00000000 < 00000001 00000001 00000000 00000000 00000000 00000000 00000801",
            "rpc.type=0 rpc.program=100000 portmap.procedure=3 portmap.program=100003 portmap.protocol=6 rpc.type=1 portmap.port=2049"),
        new("rpc", "udp 40200", "> 00000001 00000000 00000002 000186A5 00000003 00000000 00000000 00000000 00000000 00000000 < 00000001 00000001 00000000 00000000 00000000 00000000", "rpc.program=100005 rpc.program=100005 rpc.accept_state=0"),
        new("mount", "udp 2049",
            "> 00000003 00000000 00000002 000186A5 00000003 00000001 00000000 00000000 00000000 00000000 00000004 \"/srv\" < 00000003 00000001 00000000 00000000 00000000 00000000 0000000D",
            "rpc.program=100005 mount.procedure=1 mount.path=/srv mount.status=13"),
        new("nfs", "tcp 2049",
            "> 80000030 00000002 00000000 00000002 000186A3 00000003 00000001 00000000 00000000 00000000 00000000 00000004 01020304 < 8000001C 00000002 00000001 00000000 00000000 00000000 00000000 00000046",
            "rpc.xid=2 nfs.procedure=1 nfs.handle=01020304 nfs.status=70"),
        new("nfs", "tcp 2049", "> 00000014 00000002 00000000 00000002 000186A3 00000003 8000001C 00000001 00000000 00000000 00000000 00000000 00000004 01020304", "nfs.procedure=1 nfs.handle=01020304"),
    ];

    private static string Authenticate => string.Concat(
        Ascii("NTLMSSP"), "00", "03000000", new string('0', 32), "0400040040000000", "0600060044000000", "020002004A000000", "0000000000000000", "01000000", Wide("DO"), Wide("bob"), Wide("h"));

    private static string Name(params string[] parts) => Ber("30", Ber("A0", Ber("02", "01")), Ber("A1", Ber("30", [.. parts.Select(p => Ber("1B", Ascii(p)))])));
}
