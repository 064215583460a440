namespace NetLab.Osi.Tests.Application;

/// <summary>Messages of control systems.</summary>
internal static class IndustrySamples
{
    public static IEnumerable<ProtocolSample> All =>
    [
        new("modbus", "tcp 502", "> 0001 0000 0006 11 03 006B 0003 < 0001 0000 0009 11 03 06 022B 0000 0064",
            "mbtcp.transaction=1 mbtcp.unit=17 modbus.function=3 modbus.reference=107 modbus.words=3 modbus.bytes=6"),
        new("modbus", "tcp 502", "> 0002 0000 0006 01 05 00AC FF00 < 0002 0000 0003 01 85 02", "modbus.function=5 modbus.exception=2"),
        new("modbus", "tcp 502", "> 0003 0000 000A 01 14 07 06 0004 0001 0002 < 0003 0000 0009 01 14 06 05 06 0DFE0020", "modbus.file_reference=262145 modbus.bytes=7 modbus.bytes=5"),
        new("dnp3", "tcp 20000", "> 0564 05 C0 0100 0004 E921", "dnp3.length=5 dnp3.primary=True dnp3.function=0 dnp3.dst=1 dnp3.src=1024 dnp3.checksum_ok=True"),
        new("dnp3", "udp 40100", "> 0564 05 C0 0100 0004 E921", "dnp3.dst=1"),
        new("dnp3", "tcp 20000", "> 0564 08 C4 0A00 0100 FFFF C0 C0 01 0000", "dnp3.first=True dnp3.application_function=1 dnp3.checksum_ok=False"),
        new("synphasor", "tcp 4712", "> AA41 0012 0007 00000001 0F000000 0001 0000", "synphasor.type=4 synphasor.version=1 synphasor.size=18 synphasor.id=7 synphasor.time=1000000000 synphasor.time_quality=15"),
        new("iec60870_asdu", "tcp 2404", "> 68 0E 0000 0200 64 01 06 00 0100 000000 14",
            "iec60870_104.type=0 iec60870_104.receive_sequence=1 iec60870_asdu.type=100 iec60870_asdu.objects=1 iec60870_asdu.cause=6 iec60870_asdu.address=1 iec60870_asdu.object=0"),
        new("iec60870_104", "tcp 2404", "> 68 04 0700 0000 < 68 04 0100 0400", "iec60870_104.type=3 iec60870_104.control=1 iec60870_104.type=1 iec60870_104.receive_sequence=2"),
        new("cip", "tcp 44818", "> 6F00 1800 01000000 00000000 0000000000000000 00000000 00000000 0A00 0200 0000 0000 B200 0800 0E 03 20 01 24 01 30 07",
            "enip.command=111 enip.session=1 enip.item_count=2 cip.service=14 cip.class=1 cip.instance=1 cip.attribute=7"),
        new("cip", "tcp 44818", "> 6F00 1E00 01000000 00000000 0000000000000000 00000000 00000000 0A00 0200 0000 0000 B200 0E00 0A 02 20 02 24 01 0100 0400 01 02 20 01",
            "cip.service=10 cip.class=2 cip.service=1 cip.class=1"),
        new("bacapp", "udp 47808", "> 81 0A 0011 01 04 00 05 01 0C 0C 02000001 19 4D",
            "bvlc.function=10 bacnet.expecting_reply=True bacapp.type=0 bacapp.invoke_id=1 bacapp.service=12 bacapp.object_type=8 bacapp.instance=1"),
        new("bacnet", "udp 47808", "> 81 0B 000C 01 20 FFFF 00 FF 10 08", "bacnet.destination_network=65535 bacnet.hop_count=255 bacapp.type=1 bacapp.service=8"),
        new("pn_dcp", "eth 8892", "> FEFE 05 00 01000001 0001 0004 FF FF 0000", "pn_rt.frame_id=65278 pn_dcp.service=5 pn_dcp.xid=16777217 pn_dcp.response_delay=1 pn_dcp.option=255"),
        new("pn_dcp", "eth 8892", "> FEFF 05 01 01000001 0000 000A 02 02 0005 0000 \"plc\" 00", "pn_dcp.option=2 pn_dcp.suboption=2 pn_dcp.station_name=plc"),
        new("pn_ptcp", "eth 8892", "> FF40 000000000000000000000000 001C 0000 00000005 0C06 00099143E068 0000", "pn_rt.frame_id=65344 pn_ptcp.sequence=28 pn_ptcp.delay=5 pn_ptcp.port=00099143e068"),
        new("pn_rt", "eth 8892", "> 8000 0102030405060708 0A0B 35 00", "pn_rt.frame_id=32768 pn_rt.cycle=2571 pn_rt.data_status=53"),
        new("goose", "eth 88b8", "> 0001 001F 8000 0000 61 15 80 02 \"cb\" 81 01 05 82 02 \"ds\" 83 02 \"id\" 85 01 01 86 01 02",
            "goose.app_id=1 goose.simulated=True goose.control_block=cb goose.time_to_live=5 goose.data_set=ds goose.id=id goose.state_number=1 goose.sequence_number=2"),
        new("sv", "eth 88ba", "> 4000 0019 0000 0000 60 0F 80 01 01 A2 0A 30 08 80 02 \"sv\" 82 02 0005", "sv.app_id=16384 sv.count=1 sv.id=sv sv.sample=5"),
        new("opcua", "tcp 4840", "> \"HELF\" 2B000000 00000000 00000000 00000000 00000000 00000000 0B000000 \"opc.tcp://h\" > \"MSGF\" 1C000000 05000000 01000000 33000000 02000000 01 00 7702",
            "opcua.type=HEL opcua.endpoint=opc.tcp://h opcua.type=MSG opcua.channel=5 opcua.sequence=51 opcua.request=2 opcua.service=631"),
        new("opcua", "tcp 41000", "> \"HELF\" 2B000000 00000000 00000000 00000000 00000000 00000000 0B000000 \"opc.tcp://h\"", "opcua.endpoint=opc.tcp://h"),
        new("hart_ip", "udp 5094", "> 01 00 03 00 0002 000D 02 80 00 00 82", "hart_ip.id=3 hart_ip.transaction=2 hart_ip.length=13 hart_ip.delimiter=2 hart_ip.command=0 hart_ip.data_length=0"),
        new("omron", "udp 9600", "> 80 00 02 00 01 00 00 02 00 19 0101 82 0064 00 0001", "omron.response=False omron.destination_node=1 omron.service=25 omron.command=257"),
        new("omron", "tcp 9600", "> \"FINS\" 0000000C 00000000 00000000 00000000", "omron.length=12 omron.tcp_command=0"),
        new("s7comm", "tcp 102", "> 03 00 0016 11 E0 0000 0001 00 C0 01 0A C1 02 0100 C2 02 0102 > 03 00 001F 02 F0 80 32 01 0000 0100 000E 0000 04 01 12 0A 10 02 0001 0001 84 000000",
            "tpkt.length=22 cotp.type=14 cotp.source_reference=1 cotp.type=15 cotp.end=True s7comm.kind=1 s7comm.reference=256 s7comm.function=4 s7comm.items=1"),
        new("s7comm", "tcp 102", "> 03 00 0035 02 F0 80 32 07 0000 0000 000C 0018 00 01 12 08 12 01 02 02 00 00 0000 FF 09 0014 0004 000C 01000002 0002 FF 09 0002 AABB 0A 00 0004",
            "s7comm.kind=7 s7comm.return_code=255 s7comm.return_code=255 s7comm.return_code=10"),
        new("s7comm", "tcp 102", "> 03 00 0009 02 F0 00 32 01 > 03 00 000F 02 F0 80 0000 0100 0000 0000", "cotp.end=False cotp.end=True s7comm.kind=1 s7comm.reference=256"),
        new("mms", "tcp 102", $"> {Connect}", "tpkt.version=3 cotp.type=15 ses.type=13 pres.contexts=1 acse.kind=0 acse.context=3 mms.pdu=8"),
        new("mms", "tcp 102",
            $"> {Connect} > {OnIso("02F080 01000100 611F 301D 020103 A018 A016 020105 A411 A10F A00D 300B A009 A107 1A0144 1A024C31")} < {OnIso("02F080 01000100 611C 301A 020103 A015 A113 020105 A40E A10C A207 830100 8A024F4B 800102")}",
            "mms.pdu=0 mms.invoke_id=5 mms.request=4 mms.objects=D/L1 mms.pdu=1 mms.response=4 mms.results=2"),
        new("mms", "tcp 102", $"> {Connect} < {OnIso("02F080 01000100 6114 3012 020103 A00D A30B A009 8001 41 A004 85 02 FFFE")}", "mms.pdu=3 mms.unconfirmed=0 mms.results=1"),
    ];

    // A session, presentation contexts for association control and MMS, an association, the initiation of MMS.
    private static string Connect => OnIso("02F080 0D5A C158 3156 A003 800101 A24F A423 300F 020101 0604 52010001 3004 0602 5101 3010 020103 0605 28CA220201 3004 0602 5101 6128 3026 020101 A021 601F A107 0605 28CA220203 BE14 2812 020103 A00D A80B 8003 00FA00 81010A 820102");

    // A unit of data of ISO transport on TCP.
    private static string OnIso(string hex) => $"0300{(hex.Replace(" ", "", StringComparison.Ordinal).Length / 2) + 4:X4} {hex} ";
}
