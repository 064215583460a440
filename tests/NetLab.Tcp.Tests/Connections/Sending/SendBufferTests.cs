using System.Buffers;
using System.IO.Pipelines;
using NetLab.Tcp.Connections.Sending;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>The send buffer over a pipe whose blocks are freed and used again, next to a plain list of bytes.</summary>
public sealed class SendBufferTests
{
    [Fact]
    public void A_supply_of_other_memory_is_read_from_there()
    {
        var buffer = new SendBuffer();
        byte[] first = [1, 2, 3, 4];
        buffer.Supply(new ReadOnlySequence<byte>(first));
        byte[] copied = new byte[4];
        buffer.CopyTo(1, copied);
        byte[] moved = [5, 6, 7, 8, 9];
        buffer.Supply(new ReadOnlySequence<byte>(moved));
        buffer.CopyTo(1, copied);
        Assert.Equal(moved[..4], copied);
    }

    [Fact]
    public async Task Whatever_is_written_released_and_copied_the_bytes_are_those_of_the_stream()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var pipe = new Pipe(new PipeOptions(new SmallBlocks(), pauseWriterThreshold: 0, minimumSegmentSize: 16));
            var buffer = new SendBuffer();
            var stream = new List<byte> { 0 };
            ReadOnlySequence<byte> seen = default;
            for (int step = 0; step < 200; step++)
            {
                switch (random.Next(4))
                {
                    case 0:
                        byte[] more = StreamOf(random, random.Next(1, 100));
                        stream.AddRange(more);
                        await pipe.Writer.WriteAsync(more);
                        Supply();
                        break;
                    case 1 when buffer.End > buffer.Start:
                        long released = buffer.Release(buffer.Start + random.NextInt64(buffer.End - buffer.Start + 1));
                        SequencePosition position = seen.GetPosition(released);
                        seen = seen.Slice(position);
                        pipe.Reader.AdvanceTo(position);
                        Copy();
                        seen = default;
                        Supply();
                        break;
                    default:
                        Copy();
                        break;
                }
            }

            // Now and then a look back, mostly one segment behind the other.
            void Copy()
            {
                long offset = buffer.Start + random.NextInt64(buffer.End - buffer.Start + 1);
                while (offset < buffer.End && random.Next(8) > 0)
                {
                    byte[] copy = new byte[Math.Min(random.Next(1, 40), buffer.End - offset)];
                    buffer.CopyTo(offset, copy);
                    Assert.True(copy.AsSpan().SequenceEqual(stream.GetRange((int)offset, copy.Length).ToArray()), $"seed {seed}");
                    offset += copy.Length;
                }
            }

            void Supply()
            {
                if (!seen.IsEmpty)
                {
                    pipe.Reader.AdvanceTo(seen.Start);
                }

                seen = pipe.Reader.TryRead(out ReadResult result) ? result.Buffer : default;
                buffer.Supply(seen);
            }
        }
    }

    private static byte[] StreamOf(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Blocks of 16 bytes that are overwritten as soon as they are given back.</summary>
    private sealed class SmallBlocks : MemoryPool<byte>
    {
        public override int MaxBufferSize => 16;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block();

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Block : IMemoryOwner<byte>
        {
            private readonly byte[] _bytes = new byte[16];

            public Memory<byte> Memory => _bytes;

            public void Dispose() => Array.Fill(_bytes, (byte)0xEE);
        }
    }
}
