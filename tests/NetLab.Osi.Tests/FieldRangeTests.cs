using System.Diagnostics;
using System.Globalization;
using System.Xml;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using Xunit.Abstractions;

namespace NetLab.Osi.Tests;

/// <summary>Every field of the headers of layers 2 to 4 says the bytes it came from: the ones that tshark says (PDML, pos and size).</summary>
public sealed class FieldRangeTests(ITestOutputHelper log)
{
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["eth.dst"] = ["eth.dst"],
        ["eth.src"] = ["eth.src"],
        ["eth.type"] = ["eth.type"],
        ["eth.length"] = ["eth.len"],
        ["vlan.id"] = ["vlan.id", "ieee8021ad.id"],
        ["vlan.priority"] = ["vlan.priority", "ieee8021ad.priority"],
        ["llc.dsap"] = ["llc.dsap"],
        ["llc.ssap"] = ["llc.ssap"],
        ["sll.packet_type"] = ["sll.pkttype"],
        ["ppp.type"] = ["ppp.protocol"],
        ["pppoe.session"] = ["pppoe.session_id"],
        ["mpls.label"] = ["mpls.label"],
        ["mpls.tc"] = ["mpls.exp"],
        ["mpls.bottom"] = ["mpls.bottom"],
        ["mpls.ttl"] = ["mpls.ttl"],
        ["arp.op"] = ["arp.opcode"],
        ["arp.sender_mac"] = ["arp.src.hw_mac"],
        ["arp.sender_ip"] = ["arp.src.proto_ipv4"],
        ["arp.target_mac"] = ["arp.dst.hw_mac"],
        ["arp.target_ip"] = ["arp.dst.proto_ipv4"],
        ["ip.src"] = ["ip.src"],
        ["ip.dst"] = ["ip.dst"],
        ["ip.hlen"] = ["ip.hdr_len"],
        ["ip.dscp"] = ["ip.dsfield.dscp"],
        ["ip.ecn"] = ["ip.dsfield.ecn"],
        ["ip.length"] = ["ip.len"],
        ["ip.id"] = ["ip.id"],
        ["ip.df"] = ["ip.flags.df"],
        ["ip.mf"] = ["ip.flags.mf"],
        ["ip.offset"] = ["ip.frag_offset"],
        ["ip.ttl"] = ["ip.ttl"],
        ["ip.protocol"] = ["ip.proto"],
        ["ip.checksum_ok"] = ["ip.checksum"],
        ["ipv6.src"] = ["ipv6.src"],
        ["ipv6.dst"] = ["ipv6.dst"],
        ["ipv6.tclass"] = ["ipv6.tclass"],
        ["ipv6.flow"] = ["ipv6.flow"],
        ["ipv6.length"] = ["ipv6.plen"],
        ["ipv6.next"] = ["ipv6.nxt"],
        ["ipv6.hlim"] = ["ipv6.hlim"],
        ["ipv6_frag.offset"] = ["ipv6.fraghdr.offset"],
        ["ipv6_frag.mf"] = ["ipv6.fraghdr.more"],
        ["ipv6_frag.id"] = ["ipv6.fraghdr.ident"],
        ["icmp.icmp_type"] = ["icmp.type"],
        ["icmp.code"] = ["icmp.code"],
        ["icmpv6.icmp_type"] = ["icmpv6.type"],
        ["icmpv6.code"] = ["icmpv6.code"],
        ["icmpv6.id"] = ["icmpv6.echo.identifier"],
        ["icmpv6.seq"] = ["icmpv6.echo.sequence_number"],
        ["gre.protocol"] = ["gre.proto"],
        ["gre.key"] = ["gre.key"],
        ["tcp.sport"] = ["tcp.srcport"],
        ["tcp.dport"] = ["tcp.dstport"],
        ["tcp.seq"] = ["tcp.seq_raw"],
        ["tcp.ack"] = ["tcp.ack_raw"],
        ["tcp.hlen"] = ["tcp.hdr_len"],
        ["tcp.flags"] = ["tcp.flags"],
        ["tcp.window"] = ["tcp.window_size_value"],
        ["tcp.urgent"] = ["tcp.urgent_pointer"],
        ["tcp.mss"] = ["tcp.options.mss_val"],
        ["tcp.wscale"] = ["tcp.options.wscale.shift"],
        ["tcp.tsval"] = ["tcp.options.timestamp.tsval"],
        ["tcp.tsecr"] = ["tcp.options.timestamp.tsecr"],
        ["tcp.checksum_ok"] = ["tcp.checksum"],
        ["udp.sport"] = ["udp.srcport"],
        ["udp.dport"] = ["udp.dstport"],
        ["udp.length"] = ["udp.length"],
        ["udp.checksum_ok"] = ["udp.checksum"],
        ["sctp.sport"] = ["sctp.srcport"],
        ["sctp.dport"] = ["sctp.dstport"],
        ["sctp.tag"] = ["sctp.verification_tag"],
        ["vxlan.vni"] = ["vxlan.vni"],
        ["geneve.vni"] = ["geneve.vni"],
    };

    private static readonly Dictionary<string, string> Ours = Names.SelectMany(n => n.Value.Select(v => (v, n.Key))).ToDictionary(p => p.v, p => p.Key);

    [JudgedFact("tshark")]
    public void Fields_of_layers_2_to_4_come_from_the_bytes_that_tshark_says()
    {
        var differing = new SortedDictionary<string, int>(StringComparer.Ordinal);
        long compared = 0;
        foreach (string file in Directory.GetFiles(Folders.Corpus!).Order(StringComparer.Ordinal))
        {
            List<Dictionary<string, List<(int, int)>>> theirs = FromTshark(file);
            int index = 0;
            foreach (Dictionary<string, List<(int, int)>> mine in FromUs(file))
            {
                if (index >= theirs.Count)
                {
                    break;
                }

                Dictionary<string, List<(int, int)>> truth = theirs[index++];
                foreach ((string name, List<(int, int)> ranges) in mine)
                {
                    // Where the two do not see the same headers, that is another test's matter.
                    if (truth.TryGetValue(name, out List<(int, int)>? expected) && expected.Count == ranges.Count)
                    {
                        compared += ranges.Count;
                        if (!expected.SequenceEqual(ranges))
                        {
                            string what = $"{name}: {string.Join(' ', ranges)} for {string.Join(' ', expected)}";
                            differing[what] = differing.GetValueOrDefault(what) + 1;
                            log.WriteLine($"{Path.GetFileName(file)} packet {index} {what}");
                        }
                    }
                }
            }
        }

        log.WriteLine($"{compared} ranges compared");
        Assert.True(compared > 200_000, $"{compared} ranges compared");
        Assert.Empty(differing);
    }

    private static List<Dictionary<string, List<(int, int)>>> FromTshark(string file)
    {
        var packets = new List<Dictionary<string, List<(int, int)>>>();

        // Reassembly is off, so that positions are the packet's own.
        using Process process = OtherTools.Start(
            "tshark", "-n", "-r", file, "-T", "pdml", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        using var reader = XmlReader.Create(process.StandardOutput, new XmlReaderSettings { CheckCharacters = false });
        bool isCustomBlock = false;
        try
        {
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    continue;
                }

                if (reader.Name == "packet")
                {
                    packets.Add([]);
                    isCustomBlock = false;
                }
                else if (reader.Name == "field" && reader.GetAttribute("name") is { } name)
                {
                    if (name == "frame.cb_pen" && !isCustomBlock)
                    {
                        // tshark numbers a custom block like a packet.
                        isCustomBlock = true;
                        packets.RemoveAt(packets.Count - 1);
                    }

                    if (Ours.TryGetValue(name, out string? ours) && reader.GetAttribute("hide") is null
                        && int.TryParse(reader.GetAttribute("pos"), NumberStyles.None, CultureInfo.InvariantCulture, out int position)
                        && int.TryParse(reader.GetAttribute("size"), NumberStyles.None, CultureInfo.InvariantCulture, out int size) && packets.Count > 0)
                    {
                        if (!packets[^1].TryGetValue(ours, out List<(int, int)>? list))
                        {
                            packets[^1][ours] = list = [];
                        }

                        list.Add((position, size));
                    }
                }
            }
        }
        catch (XmlException)
        {
            // tshark writes some text of hostile packets as no XML allows: what came before counts.
        }

        return packets;
    }

    private static IEnumerable<Dictionary<string, List<(int, int)>>> FromUs(string file)
    {
        var all = new List<Dictionary<string, List<(int, int)>>>();
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        while (reader.TryRead(out CapturedPacket packet))
        {
            decoder.Decode(packet, decoded);
            var fields = new FieldList();
            PacketDecoder.Describe(packet.Bytes, decoded, fields);
            all.Add(fields.All
                .Where(f => f.Entry.Buffer == 0 && Names.ContainsKey(f.Name))
                .GroupBy(f => f.Name)
                .ToDictionary(g => g.Key, g => g.Select(f => (f.Offset, f.Length)).ToList()));
        }

        return all;
    }
}
