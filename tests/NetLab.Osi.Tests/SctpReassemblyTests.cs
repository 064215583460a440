using System.Net;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Tests;

/// <summary>User messages of SCTP in several chunks (RFC 9260, 6.9; RFC 8260): put together whatever their order, and bounded.</summary>
public sealed class SctpReassemblyTests
{
    private const int Begin = 2;
    private const int End = 1;

    // Diameter's device watchdog request, whose payload protocol is 46.
    private static readonly byte[] Watchdog = Convert.FromHexString("01000028" + "80000118" + "00000000" + "00000001" + "00000002" + "0000010840000011686F73742E74657374000000");

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(0, 2, 1)]
    public void Fragments_make_their_message_in_any_order(params int[] order)
    {
        byte[][] parts = [Data(10, Begin, Watchdog[..7]), Data(11, 0, Watchdog[7..20]), Data(12, End, Watchdog[20..])];
        var talk = new Talk();
        foreach (int part in order[..2])
        {
            Assert.DoesNotContain(talk.Take(parts[part]), f => f.StartsWith("diameter.", StringComparison.Ordinal));
        }

        Assert.Contains("diameter.command=280", talk.Take(parts[order[2]]));
    }

    [Fact]
    public void A_message_that_is_whole_and_the_fragments_of_others_stay_apart()
    {
        var talk = new Talk();
        talk.Take(Data(10, Begin, Watchdog[..20]), Data(12, Begin | End, Watchdog));
        talk.Take(Data(13, Begin, Watchdog[..8]));
        Assert.Single(talk.Take(Data(11, End, Watchdog[20..])), f => f == "diameter.command=280");
        Assert.Single(talk.Take(Data(14, End, Watchdog[8..])), f => f == "diameter.command=280");
    }

    [Fact]
    public void A_fragment_that_is_sent_again_changes_nothing()
    {
        var talk = new Talk();
        talk.Take(Data(10, Begin, Watchdog[..20]));
        talk.Take(Data(10, Begin, new byte[20]));
        Assert.Contains("diameter.command=280", talk.Take(Data(11, End, Watchdog[20..])));
    }

    [Fact]
    public void Numbers_go_on_behind_their_end()
    {
        var talk = new Talk();
        talk.Take(Data(uint.MaxValue, Begin, Watchdog[..20]));
        Assert.Contains("diameter.command=280", talk.Take(Data(0, End, Watchdog[20..])));
    }

    [Fact]
    public void Interleaved_messages_are_told_apart_by_their_numbers()
    {
        var talk = new Talk();
        talk.Take(Interleaved(10, Begin, 1, 46, Watchdog[..20]), Interleaved(11, Begin, 2, 46, Watchdog[..12]));
        Assert.Contains("diameter.command=280", talk.Take(Interleaved(12, End, 1, 1, Watchdog[20..])));
        talk.Take(Interleaved(13, 0, 2, 1, Watchdog[12..16]));
        Assert.Contains("diameter.command=280", talk.Take(Interleaved(14, End, 2, 2, Watchdog[16..])));
    }

    [Fact]
    public void The_other_direction_and_another_association_are_others()
    {
        var talk = new Talk();
        talk.Take(Data(10, Begin, Watchdog[..20]));
        Assert.DoesNotContain(talk.Take(fromClient: false, 1, Data(11, End, Watchdog[20..])), f => f.StartsWith("diameter.", StringComparison.Ordinal));
        Assert.DoesNotContain(talk.Take(fromClient: true, 2, Data(11, End, Watchdog[20..])), f => f.StartsWith("diameter.", StringComparison.Ordinal));
        Assert.Contains("diameter.command=280", talk.Take(Data(11, End, Watchdog[20..])));
    }

    [Fact]
    public void What_is_kept_is_bounded_and_a_long_message_costs_no_more_a_fragment()
    {
        var reassembly = new SctpReassembly();
        var key = new SctpFragmentKey(default, true, 1, 0, 0);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (uint i = 0; i < 200_000; i++)
        {
            // Every second one, so that no two are neighbours; then all of a message without an end.
            Assert.False(reassembly.TryComplete(key.At(i < 100_000 ? 2 * i : i), i == 100_000, false, 46, new byte[64], out _, out _));
        }

        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 2 * SctpReassembly.MaxBytes, $"{grown} bytes");
        GC.KeepAlive(reassembly);
    }

    private static byte[] Data(uint number, int flags, byte[] payload) => Chunk(0, flags, [.. Big(number), 0, 1, 0, 7, .. Big(46), .. payload]);

    private static byte[] Interleaved(uint number, int flags, uint message, uint next, byte[] payload) => Chunk(64, flags, [.. Big(number), 0, 1, 0, 0, .. Big(message), .. Big(next), .. payload]);

    private static byte[] Chunk(int type, int flags, byte[] value)
    {
        int length = 4 + value.Length;
        return [(byte)type, (byte)flags, (byte)(length >> 8), (byte)length, .. value, .. new byte[(4 - (length % 4)) % 4]];
    }

    private static byte[] Big(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private sealed class Talk
    {
        private readonly PacketDecoder _decoder = new();
        private readonly DecodedPacket _decoded = new();
        private long _number;

        public List<string> Take(params byte[][] chunks) => Take(fromClient: true, 1, chunks);

        public List<string> Take(bool fromClient, uint tag, params byte[][] chunks)
        {
            (int from, int to) = fromClient ? (40_000, 5000) : (5000, 40_000);
            byte[] sctp = [(byte)(from >> 8), (byte)from, (byte)(to >> 8), (byte)to, .. Big(tag), 0, 0, 0, 0, .. chunks.SelectMany(c => c)];
            byte[] client = IPAddress.Parse("192.0.2.1").GetAddressBytes();
            byte[] server = IPAddress.Parse("192.0.2.2").GetAddressBytes();
            int total = 20 + sctp.Length;
            byte[] packet = [0x45, 0, (byte)(total >> 8), (byte)total, 0, 0, 0x40, 0, 64, 132, 0, 0, .. fromClient ? client : server, .. fromClient ? server : client, .. sctp];
            var fields = new FieldList();
            _decoder.Decode(new CapturedPacket(++_number, new CaptureInterface(101, 0), _number * 1000, packet.Length, packet), _decoded);
            PacketDecoder.Describe(packet, _decoded, fields);
            return [.. fields.All.Select(f => $"{f.Name}={f.Value}")];
        }
    }
}
