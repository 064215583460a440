using static NetLab.Osi.Tests.Application.SampleBytes;

namespace NetLab.Osi.Tests.Application;

/// <summary>Messages of H.323, and how a remote desktop begins, which have ISO's packets on TCP in common.</summary>
internal static class TelephonySamples
{
    public static IEnumerable<ProtocolSample> All =>
    [
        // Registration request and confirmation, disengage confirmation, and a request in progress, which is an extension.
        new("h225_ras", "udp 1719", "> 0E 00 0004 06 0008914A0004 < 12 00 0004 06 0008914A0004 > 40 0008 < 80 05 00 0009 0063",
            "h225_ras.message=3 h225_ras.sequence=5 h225_ras.message=4 h225_ras.sequence=5 h225_ras.message=16 h225_ras.sequence=9 h225_ras.message=25 h225_ras.sequence=10"),
        new("h225_cs", "tcp 1720",
            "> " + Tpkt("08 02 0012 05 6C 04 00 80 \"12\" 70 03 81 \"45\" 7E 0011 05 20 A0 06 0008914A0004 28C0B5 0000000000")
            + "< " + Tpkt("08 02 8012 5A 08 02 80 90 7E 0009 05 25 00 06 0008914A00"),
            "q931.call_reference=0012 q931.from_destination=False q931.type=5 q931.calling=12 q931.called=45 h225_cs.message=0 q931.from_destination=True q931.type=90 q931.cause=16 h225_cs.message=5"),
        new("h225_cs", "tcp 40112", "> " + Tpkt("08 02 0012 62 7E 0007 05 28 10 06 000891"), "q931.type=98 h225_cs.message=8"),
        new("q931", "tcp 1720", "> " + Tpkt("08 02 0012 75 98"), "q931.type=117"),
        new("rdp", "tcp 3389", "> " + Tpkt("25 E0 0000 0000 00 \"Cookie: mstshash=user\" 0D0A 01 00 0800 03000000") + "< " + Tpkt("0E D0 0000 1234 00 02 1F 0800 02000000"),
            "cotp.type=14 rdp.cookie=Cookie:_mstshash=user rdp.type=1 rdp.requested=3 cotp.type=13 rdp.type=2 rdp.selected=2"),
        new("rdp", "tcp 3389", "< " + Tpkt("0E D0 0000 1234 00 03 00 0800 05000000"), "rdp.type=3 rdp.failure=5"),
    ];
}
