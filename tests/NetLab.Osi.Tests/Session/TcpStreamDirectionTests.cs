using CsCheck;
using NetLab.Osi.Session;

namespace NetLab.Osi.Tests.Session;

public sealed class TcpStreamDirectionTests
{
    [Fact]
    public void Random_segments_give_what_an_array_of_bytes_would_give() =>
        Gen.Select(Gen.UInt, Gen.Select(Gen.Int[0, 50], Gen.Int[0, 30]).List[1, 60]).Sample((initial, pieces) =>
        {
            // The oracle: the first copy of each byte in the file stays; the stream ends at the first hole.
            byte?[] oracle = new byte?[200];
            var direction = new TcpStreamDirection();
            direction.Begin(initial);
            var stream = new List<byte>();
            int value = 0;
            foreach ((int offset, int length) in pieces)
            {
                byte[] bytes = [.. Enumerable.Range(value++ * 7, length).Select(i => (byte)i)];
                Take(direction, unchecked(initial + 1 + (uint)offset), bytes, stream);
                for (int i = 0; i < length; i++)
                {
                    oracle[offset + i] ??= bytes[i];
                }
            }

            byte[] expected = [.. oracle.TakeWhile(b => b is not null).Select(b => b!.Value)];
            Assert.Equal(expected, stream);
            Assert.Equal(expected.Length, direction.Bytes);
            Assert.Equal(oracle.Any(b => b is not null) && oracle.Count(b => b is not null) > expected.Length, direction.HasGap);
            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(expected)), direction.Sha256);
        });

    [Fact]
    public void What_waits_behind_a_hole_is_bounded()
    {
        var direction = new TcpStreamDirection();
        direction.Begin(0);
        for (int i = 0; i < 100_000; i++)
        {
            Take(direction, (uint)(10 + (2 * i)), [1], []);
        }

        Assert.True(direction.HasGap);
        Assert.Equal(0, direction.Bytes);
    }

    private static void Take(TcpStreamDirection direction, uint sequence, byte[] bytes, List<byte> stream)
    {
        var pool = new HashPool();
        var segment = new StreamSegment(default, new TcpStream(0, default, default, default), null!, new StreamMemory(() => []), true, 0, 0);
        ReadOnlySpan<byte> ready = direction.Take(sequence, bytes, bytes.Length, pool, segment);
        while (!ready.IsEmpty)
        {
            stream.AddRange(ready);
            ready = direction.TryTakePending(out byte[] waited, pool, segment) ? waited : default;
        }
    }
}
