using System.Buffers;
using System.Text;

namespace NetLab.Osi.Application.Http2;

/// <summary>
/// HPACK (RFC 7541): the header blocks of one direction, in order. What a block adds to the table is needed by those behind it, so
/// after one that is wrong, or was not seen, nothing more can be said.
/// </summary>
internal sealed class HpackDecoder
{
    // What browsers offer, and the most that is kept, whatever an encoder asks for.
    private const int MostTable = 64 << 10;

    private const int DefaultTable = 4096;
    private const int MostFields = 256;
    private const int MostBytes = 64 << 10;

    private readonly List<HeaderField> _table = [];
    private int _limit = DefaultTable;

    /// <summary>What the table holds, by the measure of RFC 7541, 4.1.</summary>
    public int TableSize { get; private set; }

    /// <summary>Whether nothing more can be decoded.</summary>
    public bool IsLost { get; private set; }

    /// <summary>A block was not seen.</summary>
    public void Lose()
    {
        IsLost = true;
        _table.Clear();
        TableSize = 0;
    }

    /// <summary>Decodes a block.</summary>
    /// <returns>Its fields; null if it cannot be decoded.</returns>
    public List<HeaderField>? Decode(ReadOnlySpan<byte> block)
    {
        List<HeaderField> fields = [];
        if (IsLost || !TryDecode(block, fields))
        {
            Lose();
            return null;
        }

        return fields;
    }

    private bool TryDecode(ReadOnlySpan<byte> block, List<HeaderField> fields)
    {
        int bytes = 0;
        while (!block.IsEmpty)
        {
            byte first = block[0];
            HeaderField field;
            if ((first & 0x80) != 0)
            {
                // 6.1: a field of the table.
                if (!TryReadInteger(ref block, 7, out int index) || !TryFind(index, out field))
                {
                    return false;
                }
            }
            else if ((first & 0xE0) == 0x20)
            {
                // 6.3: the table changes its size.
                if (!TryReadInteger(ref block, 5, out int size) || size > MostTable)
                {
                    return false;
                }

                _limit = size;
                Evict();
                continue;
            }
            else
            {
                // 6.2: a field that is written out, to be remembered or not.
                bool isRemembered = (first & 0x40) != 0;
                if (!TryReadInteger(ref block, isRemembered ? 6 : 4, out int index) || !TryReadField(ref block, index, out field))
                {
                    return false;
                }

                if (isRemembered)
                {
                    _table.Insert(0, field);
                    TableSize += field.Size;
                    Evict();
                }
            }

            bytes += field.Size;
            if (fields.Count == MostFields || bytes > MostBytes)
            {
                return false;
            }

            fields.Add(field);
        }

        return true;
    }

    private bool TryReadField(ref ReadOnlySpan<byte> block, int index, out HeaderField field)
    {
        field = default;
        string name;
        if (index == 0)
        {
            if (!TryReadString(ref block, out name))
            {
                return false;
            }
        }
        else if (TryFind(index, out HeaderField known))
        {
            name = known.Name;
        }
        else
        {
            return false;
        }

        if (!TryReadString(ref block, out string value))
        {
            return false;
        }

        field = new HeaderField(name, value);
        return true;
    }

    private bool TryFind(int index, out HeaderField field)
    {
        IReadOnlyList<HeaderField> table = HpackStaticTable.Fields;
        int place = index - 1;
        if (place >= table.Count)
        {
            (table, place) = (_table, place - table.Count);
        }

        bool found = place >= 0 && place < table.Count;
        field = found ? table[place] : default;
        return found;
    }

    // 4.3 and 4.4: the oldest go first; what is larger than all of the table empties it.
    private void Evict()
    {
        while (TableSize > _limit)
        {
            TableSize -= _table[^1].Size;
            _table.RemoveAt(_table.Count - 1);
        }
    }

    // 5.1: what fits the prefix, or seven bits a byte more.
    private static bool TryReadInteger(ref ReadOnlySpan<byte> block, int prefix, out int value)
    {
        int most = (1 << prefix) - 1;
        value = block[0] & most;
        block = block[1..];
        if (value < most)
        {
            return true;
        }

        for (int shift = 0; shift <= 21; shift += 7)
        {
            if (block.IsEmpty)
            {
                return false;
            }

            byte next = block[0];
            block = block[1..];
            value += (next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return true;
            }
        }

        return false;
    }

    // 5.2: its length, and its bytes as they are or by Huffman's code.
    private static bool TryReadString(ref ReadOnlySpan<byte> block, out string text)
    {
        text = "";
        if (block.IsEmpty)
        {
            return false;
        }

        bool isCoded = (block[0] & 0x80) != 0;
        if (!TryReadInteger(ref block, 7, out int length) || length > block.Length || length > MostBytes)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = block[..length];
        block = block[length..];
        if (!isCoded)
        {
            text = Encoding.Latin1.GetString(bytes);
            return true;
        }

        // The shortest code has five bits.
        byte[] buffer = ArrayPool<byte>.Shared.Rent((length * 8 / 5) + 1);
        int decoded = HpackHuffman.Decode(bytes, buffer);
        text = decoded < 0 ? "" : Encoding.Latin1.GetString(buffer, 0, decoded);
        ArrayPool<byte>.Shared.Return(buffer);
        return decoded >= 0;
    }
}
