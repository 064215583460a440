namespace NetLab.Host.Tests.Names;

/// <summary>A zone that has something of everything.</summary>
internal static class LabZone
{
    public static IReadOnlyList<string> Lines { get; } =
    [
        "$ORIGIN lab.test.",
        "$TTL 1h",
        "@ IN SOA ns admin ( 2026010101 ; serial",
        "  3600 600 86400 30 )",
        "  NS ns",
        "  MX 10 mail",
        "ns A 127.0.0.1",
        "www 60 A 127.0.0.2",
        "www 60 A 127.0.0.3",
        "Www AAAA ::1",
        "alias CNAME www",
        "gone CNAME nothing",
        "txt TXT \"hello; world\" \"two\"",
        "*.wild A 127.0.0.9",
        "mail A 127.0.0.4",
        "_sip._udp SRV 1 2 5060 mail",
        "sub NS ns.sub",
        "ns.sub A 127.0.0.5",
        "a.deep.tree TXT x",
        "loop CNAME loop2",
        "loop2 CNAME loop",
        "out CNAME www.example.com.",
        "caa TYPE257 \\# 11 000569737375 65786D706C",
        $"long TXT {string.Join(' ', Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 200)))}",
        $"longer TXT {string.Join(' ', Enumerable.Range(0, 12).Select(i => new string((char)('a' + i), 200)))}",
        "$ORIGIN 0.0.127.in-addr.arpa.",
        "@ SOA ns.lab.test. admin.lab.test. 1 1h 10m 1d 30",
        "@ NS ns.lab.test.",
        "2 PTR www.lab.test.",
    ];

    public static string Text => string.Join('\n', Lines);
}
