namespace NetLab.Host.Commands;

/// <summary>Two lines a verb that run as they stand (the second of those that need a peer, beside the first).</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> ByVerb = new()
    {
        ["demo"] = ["nlab demo", "nlab demo --link delay=30ms,loss=5% --long"],
        ["serve"] = ["nlab serve", "nlab serve --set Lab:Services=[] --set Lab:Services:0:Kind=echo --set Lab:Services:0:Address=tcp://127.0.0.1:7007"],
        ["listen"] = ["nlab listen tcp://127.0.0.1:9000", "nlab listen --keep-open kernel-tcp://127.0.0.1:9000"],
        ["connect"] = ["echo hello | nlab connect tcp://127.0.0.1:9000", "nlab connect --congestion bbr tcp://127.0.0.1:9000"],
        ["forward"] = ["nlab forward kernel-tcp://127.0.0.1:8080 kernel-tcp://127.0.0.1:80 --link delay=20ms,loss=1%", "nlab forward kernel-tcp://127.0.0.1:2222 kernel-tcp://127.0.0.1:22 --link delay=20ms --ladder"],
        ["send"] = ["nlab send README.md tcp://127.0.0.1:9000", "nlab send captures kernel-tcp://127.0.0.1:9000"],
        ["receive"] = ["nlab receive tcp://127.0.0.1:9000", "nlab receive --resume -o copy.bin tcp://127.0.0.1:9000"],
        ["http"] = ["nlab http GET tcp://127.0.0.1:7080/services", "nlab http GET tcp://127.0.0.1:7080/ --ladder"],
        ["dns"] = ["nlab dns udp://127.0.0.1:7053 www.lab.test AAAA", "nlab dns udp://127.0.0.1:7053 127.0.0.1 PTR --json"],
        ["balancer"] = ["nlab balancer kernel-tcp://127.0.0.1:7080 front", "nlab balancer kernel-tcp://127.0.0.1:7080 front --drain 127.0.0.1:7082"],
        ["perf"] = ["nlab perf --time 2s", "nlab perf --transport tcp,udp --link delay=10ms,loss=1%,rate=100M --time 5s"],
        ["perf server"] = ["nlab perf server tcp://127.0.0.1:9000", "nlab perf server kernel-tcp://127.0.0.1:9000 --once"],
        ["plot"] = ["nlab perf --time 2s --save run.json", "nlab plot run.json -o run.svg"],
        ["compare"] = ["nlab perf --time 2s --rounds 2 --save before.json", "nlab compare before.json before.json --fail-if-slower 5%"],
        ["up"] = ["sudo nlab up", "sudo nlab up --namespace lab tun://10.9.0.1/24 tun://10.9.1.1/24"],
        ["link"] = ["nlab link udp://127.0.0.1:5300 udp://127.0.0.1:53 --link delay=20ms,loss=10%", "nlab link udp://127.0.0.1:7100 udp://127.0.0.1:7107 --link drop=ANY#1 --json"],
        ["decode"] = ["nlab decode demo.pcapng --summary", "nlab decode demo.pcapng --json -n 3"],
        ["stats"] = ["nlab stats demo.pcapng", "nlab stats demo.pcapng --json"],
        ["sql"] = ["nlab decode demo.pcapng --parquet demo-tables", "nlab sql demo-tables 'select \"ip.src\", count(*) from packets group by all'"],
        ["follow"] = ["nlab follow demo.pcapng 0 -o stream.bin", "nlab follow demo.pcapng 0 --direction a"],
        ["flow"] = ["nlab flow demo.pcapng", "nlab flow demo.pcapng --stream 0 --svg flow.svg"],
        ["drill"] = ["nlab drill tests/NetLab.Tcp.Tests/Scripts", "nlab drill --from captures/http-as-tcp.pcapng --stream 0"],
        ["capture"] = ["nlab capture", "nlab capture lo -n 10 -w packets.pcapng"],
        ["live"] = ["nlab live --link delay=20ms,up.drop=DATA#20", "nlab live --link delay=20ms,rate=10M --schedule '0.3s: rate=1M' --congestion bbr --bytes 256K"],
        ["ui"] = ["nlab ui demo.pcapng", "nlab capture lo -w - | nlab ui - --no-open"],
        ["fields"] = ["nlab fields tcp.flags", "nlab fields --json > fields.json"],
        ["objects"] = ["nlab objects demo.pcapng --out found", "nlab objects demo.pcapng --out found --json"],
        ["lab"] = ["nlab lab lost-syn-ack", "nlab lab bufferbloat --report bufferbloat.html"],
        ["hunt"] = ["nlab hunt --seed 7", "nlab hunt --seed 7 --answer loss"],
        ["node"] = ["nlab node", "nlab node --join 127.0.0.1:11111"],
        ["on"] = ["nlab on 127.0.0.1:11111 decode captures --parquet tables", "nlab on 127.0.0.1:11111 mesh --transport kernel-tcp --time 1s"],
        ["on decode"] = ["nlab on 127.0.0.1:11111 decode captures --parquet tables", "nlab on 127.0.0.1:11111 decode demo.pcapng --parquet demo-tables --shards 4"],
        ["on mesh"] = ["nlab on 127.0.0.1:11111 mesh --transport tcp,kernel-tcp --time 1s", "nlab on 127.0.0.1:11111 mesh --under-load --schedule 1h --out measured"],
        ["man"] = ["nlab man | man -l -", "nlab man > nlab.1"],
        ["completion"] = ["nlab completion bash > ~/.local/share/bash-completion/completions/nlab", "source <(nlab completion zsh)"],
    };

    /// <summary>Those of a verb, such as "perf" or "perf server"; none if nobody wrote any.</summary>
    public static IReadOnlyList<string> Of(string verb) => ByVerb.GetValueOrDefault(verb) ?? [];
}
