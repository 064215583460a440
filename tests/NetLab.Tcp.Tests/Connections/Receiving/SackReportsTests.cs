using CsCheck;
using NetLab.Tcp.Connections.Receiving;

namespace NetLab.Tcp.Tests.Connections.Receiving;

public sealed class SackReportsTests
{
    [Fact]
    [Conformance(78, 79)]
    public void Reports_are_of_what_is_held_the_latest_first_each_once_and_a_duplicate_before_all_once() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 10]).List[1, 60].Sample(pieces =>
        {
            var reassembler = new Reassembler();
            var reports = new SackReports();
            Span<(long Start, long End)> ranges = stackalloc (long, long)[4];
            foreach ((int offset, int length) in pieces)
            {
                bool isDuplicate = reassembler.TryFindReceived(offset, offset + length, out long duplicateStart, out long duplicateEnd);
                if (isDuplicate)
                {
                    reports.OnDuplicate(duplicateStart, duplicateEnd);
                }

                reassembler.Insert(offset, new byte[length], 1000, new Nobody());
                bool isEarly = reassembler.TryFindRange(offset + length - 1, out long start, out long end);
                if (isEarly)
                {
                    reports.OnStored(start, end);
                }

                int count = reports.Report(reassembler, ranges);
                int first = isDuplicate ? 1 : 0;
                if (isDuplicate)
                {
                    // RFC 2883, 4: it lies within the segment, and below what is acknowledged or within the block that follows it.
                    Assert.Equal((duplicateStart, duplicateEnd), ranges[0]);
                    Assert.True(duplicateStart >= offset && duplicateEnd <= offset + length);
                    Assert.True(duplicateEnd <= reassembler.Next || (isEarly && duplicateStart >= ranges[1].Start && duplicateEnd <= ranges[1].End));
                }

                if (isEarly)
                {
                    Assert.Equal((start, end), ranges[first]);
                }

                for (int i = first; i < count; i++)
                {
                    Assert.True(reassembler.TryFindRange(ranges[i].Start, out long from, out long to));
                    Assert.Equal((from, to), ranges[i]);
                    Assert.DoesNotContain(ranges[i], ranges[first..i].ToArray());
                }

                reports.OnReported();
            }
        });

    private sealed class Nobody : IByteSink
    {
        public void Accept(ReadOnlySpan<byte> bytes)
        {
        }
    }
}
