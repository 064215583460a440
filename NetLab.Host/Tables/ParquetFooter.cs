using System.Buffers.Binary;

namespace NetLab.Host.Tables;

/// <summary>
/// Adds to a Parquet file what its writer cannot say: that numbers are moments to the nanosecond (the writer's own have tenths
/// of microseconds), and Bloom filters (parquet-format, parquet.thrift, BloomFilter.md).
/// </summary>
internal static class ParquetFooter
{
    // Behind the footer: its length and "PAR1".
    private const int TailSize = 8;

    // Numbers of fields in parquet.thrift.
    private const int FileSchema = 2;
    private const int FileRowGroups = 4;
    private const int ElementName = 4;
    private const int ElementConvertedType = 6;
    private const int ElementLogicalType = 10;
    private const int LogicalTimestamp = 8;
    private const int TimestampIsUtc = 1;
    private const int TimestampUnit = 2;
    private const int UnitNanoseconds = 3;
    private const int GroupColumns = 1;
    private const int ChunkMetadata = 3;
    private const int MetadataPath = 3;
    private const int MetadataBloomOffset = 14;
    private const int MetadataBloomLength = 15;

    /// <summary>Writes a filter where the file stands, between two row groups.</summary>
    /// <param name="file">The file.</param>
    /// <param name="filter">The filter.</param>
    /// <returns>Where it is, with its head.</returns>
    public static (long Offset, int Length) WriteFilter(Stream file, byte[] filter)
    {
        long offset = file.Position;
        byte[] head = FilterHead(filter.Length);
        file.Write(head);
        file.Write(filter);
        return (offset, head.Length + filter.Length);
    }

    /// <summary>Rewrites the footer of a file that is complete.</summary>
    /// <param name="file">The file, open to read and write.</param>
    /// <param name="times">The columns of moments.</param>
    /// <param name="filters">Where the filters are, by row group and column.</param>
    public static void Complete(Stream file, IReadOnlySet<string> times, IReadOnlyDictionary<(int Group, string Column), (long Offset, int Length)> filters)
    {
        Span<byte> tail = stackalloc byte[TailSize];
        file.Seek(-TailSize, SeekOrigin.End);
        file.ReadExactly(tail);
        byte[] bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(tail)];
        file.Seek(-TailSize - bytes.Length, SeekOrigin.End);
        file.ReadExactly(bytes);
        var footer = ThriftStruct.Read(bytes);
        foreach (ThriftStruct element in footer.Structs(FileSchema))
        {
            if (times.Contains(element.Text(ElementName)))
            {
                var unit = new ThriftStruct { [UnitNanoseconds] = new ThriftStruct() };
                var timestamp = new ThriftStruct { [TimestampUnit] = unit };

                // Said not to be UTC, although it is: engines keep the nanoseconds of such a column, and only microseconds of one with a zone.
                timestamp.Set(TimestampIsUtc, false);
                element.Remove(ElementConvertedType);
                element[ElementLogicalType] = new ThriftStruct { [LogicalTimestamp] = timestamp };
            }
        }

        file.Seek(-TailSize - bytes.Length, SeekOrigin.End);
        int number = 0;
        foreach (ThriftStruct group in footer.Structs(FileRowGroups))
        {
            foreach (ThriftStruct chunk in group.Structs(GroupColumns))
            {
                ThriftStruct metadata = chunk[ChunkMetadata]!;
                if (filters.TryGetValue((number, string.Join('/', metadata.Texts(MetadataPath))), out (long Offset, int Length) filter))
                {
                    metadata.Set(MetadataBloomOffset, filter.Offset);
                    metadata.Set(MetadataBloomLength, filter.Length);
                }
            }

            number++;
        }

        byte[] rewritten = footer.Write();
        file.Write(rewritten);
        BinaryPrimitives.WriteInt32LittleEndian(tail, rewritten.Length);
        file.Write(tail);
        file.SetLength(file.Position);
    }

    // BloomFilterHeader: bytes, and the only algorithm, hash and compression there are.
    private static byte[] FilterHead(int size)
    {
        var head = new ThriftStruct();
        head.Set(1, size);
        for (int choice = 2; choice <= 4; choice++)
        {
            head[choice] = new ThriftStruct { [1] = new ThriftStruct() };
        }

        return head.Write();
    }
}
