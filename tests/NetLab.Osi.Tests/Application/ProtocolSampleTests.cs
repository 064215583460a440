using System.Text;
using System.Text.Json;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Tests.Application;

/// <summary>Each protocol on bytes made by hand from its specification: what is found in them, whole, cut and damaged.</summary>
public sealed class ProtocolSampleTests
{
    public static TheoryData<ProtocolSample> Samples => new(All);

    internal static IEnumerable<ProtocolSample> All => [.. IndustrySamples.All, .. ServiceSamples.All, .. OfficeSamples.All, .. DatabaseSamples.All, .. WebSamples.All, .. TelephonySamples.All];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Fields_are_found(ProtocolSample sample)
    {
        List<string> told = sample.Decode();
        Assert.Contains(told, f => f.StartsWith(sample.Protocol + ".", StringComparison.Ordinal));
        foreach (string wanted in sample.Fields.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Contains(wanted, told);
            told.Remove(wanted);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Nothing_throws_when_they_are_cut_or_damaged(ProtocolSample sample)
    {
        byte[][] frames = [.. sample.Frames()];
        var random = new Random(1234);
        for (int i = 0; i < frames.Length; i++)
        {
            for (int length = 0; length <= frames[i].Length; length++)
            {
                Take(frames, i, frames[i][..length], frames[i].Length);
                Take(frames, i, frames[i][..length], length);
            }

            for (int at = 14; at < frames[i].Length; at++)
            {
                foreach (byte extreme in (byte[])[0, 0x7F, 0x80, 0xFF])
                {
                    byte[] changed = [.. frames[i]];
                    changed[at] = extreme;
                    Take(frames, i, changed, changed.Length);
                }
            }

            for (int round = 0; round < 300; round++)
            {
                byte[] changed = [.. frames[i]];
                for (int changes = random.Next(1, 5); changes > 0; changes--)
                {
                    changed[random.Next(Math.Min(42, changed.Length - 1), changed.Length)] = (byte)random.Next(256);
                }

                Take(frames, i, changed, changed.Length);
            }
        }
    }

    // The frames before are as they were, so that what they taught is there.
    private static void Take(byte[][] frames, int index, byte[] bytes, int original)
    {
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        using var output = new MemoryStream();
        using var json = new JsonLines(output);
        for (int i = 0; i <= index; i++)
        {
            byte[] frame = i == index ? bytes : frames[i];
            decoder.Decode(new CapturedPacket(i + 1, new CaptureInterface(1, 0), 0, i == index ? original : frame.Length, frame), decoded);
            json.Begin(decoded);
            PacketDecoder.Describe(frame, decoded, json);
            json.End(decoded);
            new PacketSummary().Line(decoded, frame);
        }

        PacketDecoder.Describe(bytes, decoded, new HiddenFields());
        json.Flush();
        foreach (string line in Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
        }
    }

    /// <summary>Takes all fields, those that only filters and columns know included.</summary>
    private sealed class HiddenFields : IFieldSink
    {
        bool IFieldSink.WantsHidden => true;

        public void Number(Field field, long value, int offset, int length)
        {
        }

        public void Text(Field field, ReadOnlySpan<byte> value, int offset, int length)
        {
        }

        public void Text(Field field, string value, int offset, int length)
        {
        }
    }
}
