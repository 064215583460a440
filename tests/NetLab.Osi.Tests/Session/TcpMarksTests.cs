using System.Buffers.Binary;
using System.Net;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Tests.Session;

/// <summary>What stands out about TCP segments: the marks that Wireshark gives, on conversations as chance makes them.</summary>
public sealed class TcpMarksTests
{
    private const int Fin = 1;
    private const int Syn = 2;
    private const int Rst = 4;
    private const int Psh = 8;
    private const int Ack = 16;

    private static readonly string[] Marks =
    [
        "retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "lost_segment", "ack_lost_segment", "duplicate_ack",
        "zero_window", "zero_window_probe", "zero_window_probe_ack", "window_update", "window_full", "keep_alive", "keep_alive_ack", "reused_ports",
    ];

    [TsharkFact]
    public void Random_conversations_get_the_marks_that_tshark_gives()
    {
        var random = new Random(20_261_128);
        List<(long Time, byte[] Frame)> packets = [];
        for (int i = 0; i < 400; i++)
        {
            Converse(random, 1024 + i, packets);
        }

        string file = Path.Combine(Path.GetTempPath(), $"netlab-marks-{Guid.NewGuid():N}.pcap");
        try
        {
            File.WriteAllBytes(file, PcapFile.Of(packets));
            Compare(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Compare(string file)
    {
        string[] arguments =
        [
            "-n", "-r", file, "-T", "fields", "-e", "tcp.analysis.acks_frame", "-e", "tcp.stream",
            .. Marks.SelectMany(m => new[] { "-e", "tcp.analysis." + m }),
        ];
        string[] lines = OtherTools.Run("tshark", arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        List<string> differing = [];
        int marked = 0;
        while (reader.TryRead(out CapturedPacket packet))
        {
            decoder.Decode(packet, decoded);
            string[] columns = lines[packet.Number - 1].Split('\t');
            string expected = $"{columns[0]} {columns[1]} {string.Join(' ', Marks.Where((_, i) => columns.Length > i + 2 && columns[i + 2].Length > 0))}";
            TcpSegmentFacts facts = decoded.Session!;
            IReadOnlyList<string> names = TcpAnalysisNames.Of(facts.Analysis);
            string got = $"{facts.AcknowledgedPacket} {facts.StreamNumber} {string.Join(' ', Marks.Where(names.Contains))}";
            marked += names.Count;
            if (got != expected)
            {
                differing.Add($"packet {packet.Number}: tshark '{expected}', we '{got}'");
            }
        }

        Assert.True(marked > 3000, $"only {marked} marks");
        Assert.True(differing.Count == 0, $"{differing.Count} of {lines.Length}: {string.Join("; ", differing.Take(10))}");
    }

    // A handshake, perhaps, and then segments that stand somewhere near where they should.
    private static void Converse(Random random, int port, List<(long Time, byte[] Frame)> packets)
    {
        uint[] next = [(uint)random.NextInt64(1, 1L << 32), (uint)random.NextInt64(1, 1L << 32)];
        uint[] acked = [next[1], next[0]];
        int[] windows = [2000, 2000];
        long time = 1_000_000_000L * port;
        if (random.Next(4) > 0)
        {
            int option = random.Next(3);
            Send(0, Syn, next[0]++, 0, 0, 2000, option > 0);
            Send(1, Syn | Ack, next[1]++, next[0], 0, 2000, option > 1);
            acked = [next[1], next[0]];
        }

        for (int i = 0; i < 25; i++)
        {
            int side = random.Next(2);
            int other = 1 - side;
            int what = random.Next(24);
            int length = random.Next(1, 5) * 100;
            windows[side] = random.Next(12) == 0 ? random.Next(3) * 500 : windows[side];
            uint at = next[side];
            uint acknowledges = random.Next(3) == 0 ? next[other] : acked[side];
            switch (what)
            {
                case < 8:
                    next[side] += (uint)length;
                    break;
                case 8 or 9:
                    at += (uint)random.Next(1, 3) * 100;
                    next[side] = at + (uint)length;
                    break;
                case 10 or 11:
                    at -= (uint)random.Next(1, 5) * 100;
                    break;
                case 12:
                    (at, length) = (at - 1, random.Next(2));
                    break;
                case 13:
                    length = 1;
                    break;
                case 15 when random.Next(5) == 0:
                    Send(side, Fin | Ack, at, acknowledges, 0, windows[side], false);
                    next[side]++;
                    continue;
                case 16 when random.Next(6) == 0:
                    Send(side, Rst | Ack, at, acknowledges, 0, windows[side], false);
                    continue;
                case 17 when random.Next(6) == 0:
                    next[0] = (uint)random.NextInt64(1, 1L << 32);
                    Send(0, Syn, next[0]++, 0, 0, 2000, true);
                    Send(1, Syn | Ack, next[1]++, next[0], 0, 2000, true);
                    acked = [next[1], next[0]];
                    continue;
                case 18:
                    // The window is filled to the last byte.
                    length = (int)Math.Min(1400, acked[other] + (uint)windows[other] - at);
                    next[side] += (uint)Math.Max(0, length);
                    break;
                default:
                    length = 0;
                    break;
            }

            length = Math.Clamp(length, 0, 1400);
            Send(side, Ack | (length > 0 ? Psh : 0), at, acknowledges, length, windows[side], false);
            acked[side] = acknowledges;
        }

        void Send(int side, int flags, uint sequence, uint acknowledgment, int length, int window, bool scale)
        {
            time += random.Next(5) switch { 0 => 25_000, 1 => 4_000, 2 when random.Next(20) == 0 => -3_000, _ => 300 } * 1000L;
            packets.Add((time, Segment(side, port, flags, sequence, acknowledgment, length, window, scale)));
        }
    }

    private static byte[] Segment(int side, int port, int flags, uint sequence, uint acknowledgment, int length, int window, bool scale)
    {
        byte[] options = scale ? [3, 3, 2, 0] : [];
        byte[] segment = new byte[20 + options.Length + length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)(side == 0 ? port : 9));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(side == 0 ? 9 : port));
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgment);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(12), (ushort)(((20 + options.Length) << 10) | flags));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), (ushort)window);
        options.CopyTo(segment, 20);
        var client = new IPEndPoint(IPAddress.Parse("192.0.2.1"), port);
        var server = new IPEndPoint(IPAddress.Parse("192.0.2.2"), 9);
        return PacketBuilder.Tcp(side == 0 ? client : server, side == 0 ? server : client, segment, side == 0);
    }
}
