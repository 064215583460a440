using System.Buffers.Binary;
using System.Numerics;

namespace NetLab.Host.Tables;

/// <summary>
/// Says of a value that it is surely not among others, or may be: a split block Bloom filter as Parquet has it (parquet-format,
/// BloomFilter.md), of 32-byte blocks in each of which a value sets eight bits.
/// </summary>
internal static class BloomFilter
{
    private const int BlockSize = 32;

    // With some ten bits a value, one of a hundred values that are not there is not known to be missing.
    private const int BitsPerValue = 10;
    private const int MaxSize = 1 << 20;

    private static readonly uint[] Salt = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31];

    /// <summary>The filter over values.</summary>
    /// <param name="hashes">XXH64, seed 0, of each value as plain encoding has it.</param>
    public static byte[] Of(HashSet<ulong> hashes)
    {
        long wanted = Math.Clamp((long)hashes.Count * BitsPerValue / 8, BlockSize, MaxSize);
        byte[] filter = new byte[BitOperations.RoundUpToPowerOf2((ulong)wanted)];
        uint blocks = (uint)(filter.Length / BlockSize);
        foreach (ulong hash in hashes)
        {
            Span<byte> block = filter.AsSpan((int)(((hash >> 32) * blocks) >> 32) * BlockSize, BlockSize);
            for (int i = 0; i < Salt.Length; i++)
            {
                Span<byte> word = block.Slice(4 * i, 4);
                uint bit = 1u << (int)(((uint)hash * Salt[i]) >> 27);
                BinaryPrimitives.WriteUInt32LittleEndian(word, BinaryPrimitives.ReadUInt32LittleEndian(word) | bit);
            }
        }

        return filter;
    }
}
