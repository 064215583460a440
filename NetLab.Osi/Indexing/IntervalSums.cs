using NetLab.Osi.Session;

namespace NetLab.Osi.Indexing;

/// <summary>Sums what an index knows of packets by equal parts of the capture's time.</summary>
internal static class IntervalSums
{
    private const TcpAnalysisFlags Harmless = TcpAnalysisFlags.WindowUpdate | TcpAnalysisFlags.KeepAlive | TcpAnalysisFlags.KeepAliveAck | TcpAnalysisFlags.PortsReused;

    /// <summary>The parts, in order; see <see cref="CaptureIndex.Intervals"/>.</summary>
    public static IReadOnlyList<CaptureInterval> Of(CaptureIndex index, int count, FilterSearch? only)
    {
        long packets = index.Count;
        if (index.FirstTime is not { } first || packets == 0)
        {
            return [];
        }

        // Of a capture that is being read, up to the packet that was read last.
        long last = index.LastTime ?? index.Record(packets).Time;
        long length = Math.Max(1, (Math.Max(0, unchecked(last - first)) / count) + 1);
        var parts = new (long Packets, long Bytes, long Marked, long First)[count];
        var found = new Queue<uint>();
        int place = 0;
        var records = new PacketRecord[1024];
        for (long number = 1; number <= packets; number += records.Length)
        {
            int read = index.ReadRecords(number, records);
            for (int i = 0; i < read && number + i <= packets; i++)
            {
                ref readonly PacketRecord record = ref records[i];
                if (!record.Has(PacketTraits.HasTime) || (only is not null && !IsFound(only, found, ref place, number + i)))
                {
                    continue;
                }

                long part = Math.Clamp(unchecked(record.Time - first) / length, 0, count - 1);
                ref (long Packets, long Bytes, long Marked, long First) sum = ref parts[part];
                sum.Packets++;
                sum.Bytes += record.OriginalLength;
                sum.Marked += ((TcpAnalysisFlags)record.Marks & ~Harmless) != 0 ? 1 : 0;
                sum.First = sum.First == 0 ? number + i : sum.First;
            }
        }

        return [.. parts.Select((p, i) => new CaptureInterval(i * length, length, p.Packets, p.Bytes, p.Marked, p.First))];
    }

    // Both are in order: the next ones that were found are taken as they come.
    private static bool IsFound(FilterSearch search, Queue<uint> next, ref int place, long number)
    {
        while (true)
        {
            if (next.Count == 0)
            {
                foreach (uint found in search.Found(place, 4096))
                {
                    next.Enqueue(found);
                }

                place += next.Count;
            }

            if (next.Count == 0 || next.Peek() > number)
            {
                return false;
            }

            if (next.Dequeue() == number)
            {
                return true;
            }
        }
    }
}
