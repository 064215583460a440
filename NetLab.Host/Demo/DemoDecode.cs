using NetLab.Host.Rendering;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Host.Demo;

/// <summary>Shows a demo's recording by OSI layer: the handshake whole, the rest in summary.</summary>
internal static class DemoDecode
{
    private const int SummaryLines = 12;

    public static void Show(FileInfo recording, bool isLong)
    {
        Terminal.WriteHeading(isLong ? "the handshake by OSI layer" : "its first packet by OSI layer");
        var summary = new List<string>();
        var protocols = new SortedDictionary<string, (long Packets, long Bytes)>(StringComparer.Ordinal);
        long packets = 0;
        var handshake = new HandshakeSegments(isLong ? HandshakeSegments.All : 1);
        using (CaptureReader reader = CaptureReader.Open(recording.OpenRead()))
        {
            var decoder = new PacketDecoder();
            var decoded = new DecodedPacket();
            var tree = new PacketTree(Console.Out);
            LayerColors.Apply(tree, Console.Out);
            var line = new PacketSummary();
            while (reader.TryRead(out CapturedPacket packet))
            {
                decoder.Decode(packet, decoded);
                packets++;
                string path = string.Join('/', decoded.Entries.ToArray().Where(e => e.Protocol.Name is not ("frame" or "data" or "session")).Select(e => e.Protocol.Name).Distinct());
                (long count, long bytes) = protocols.GetValueOrDefault(path);
                protocols[path] = (count + 1, bytes + decoded.OriginalLength);
                string text = line.Line(decoded, packet.Bytes);
                if (decoded.InterfaceName == "sender" && handshake.IsNext(decoded))
                {
                    tree.Begin(decoded);
                    PacketDecoder.Describe(packet.Bytes, decoded, tree);
                    tree.End(decoded);
                }
                else if (summary.Count < SummaryLines)
                {
                    summary.Add(text);
                }
            }
        }

        if (isLong)
        {
            Terminal.WriteHeading("the rest in summary");
            summary.ForEach(Console.WriteLine);
        }

        Console.WriteLine($"… {packets} packets in all, seen at both ends:");
        foreach ((string path, (long count, long bytes)) in protocols)
        {
            Console.WriteLine($"  {count,6} packets {bytes,9} bytes  {path}");
        }
    }
}
