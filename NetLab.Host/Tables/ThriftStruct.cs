using System.Buffers.Binary;

namespace NetLab.Host.Tables;

/// <summary>
/// A struct of Thrift's compact protocol as numbered fields: a Parquet file's footer is one. What is not known of it is kept
/// as it is. Reads what this program had written a moment before, and nothing of strangers.
/// </summary>
internal sealed class ThriftStruct
{
    private const byte True = 1;
    private const byte False = 2;
    private const byte SmallInteger = 3;
    private const byte Integer32 = 5;
    private const byte Integer64 = 6;
    private const byte Real = 7;
    private const byte Binary = 8;
    private const byte List = 9;
    private const byte Struct = 12;

    private readonly SortedDictionary<int, (byte Type, object Value)> _fields = [];

    /// <summary>The struct in a field; null if it is not there.</summary>
    public ThriftStruct? this[int field]
    {
        get => _fields.TryGetValue(field, out (byte, object Value) found) ? (ThriftStruct)found.Value : null;
        set => _fields[field] = (Struct, value!);
    }

    /// <summary>The structs of a list.</summary>
    public IEnumerable<ThriftStruct> Structs(int field) => ((ThriftList)_fields[field].Value).Items.Cast<ThriftStruct>();

    /// <summary>The texts of a list.</summary>
    public IEnumerable<string> Texts(int field) => ((ThriftList)_fields[field].Value).Items.Select(i => System.Text.Encoding.UTF8.GetString((byte[])i));

    /// <summary>The text in a field.</summary>
    public string Text(int field) => System.Text.Encoding.UTF8.GetString((byte[])_fields[field].Value);

    /// <summary>Puts a number of 32 bits into a field.</summary>
    public void Set(int field, int value) => _fields[field] = (Integer32, (long)value);

    /// <summary>Puts a number of 64 bits into a field.</summary>
    public void Set(int field, long value) => _fields[field] = (Integer64, value);

    /// <summary>Puts a truth into a field.</summary>
    public void Set(int field, bool value) => _fields[field] = (value ? True : False, value);

    /// <summary>Takes a field out.</summary>
    public void Remove(int field) => _fields.Remove(field);

    /// <summary>Reads a struct.</summary>
    public static ThriftStruct Read(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        return Read(bytes, ref at);
    }

    /// <summary>Writes it.</summary>
    public byte[] Write()
    {
        using var output = new MemoryStream();
        Write(output);
        return output.ToArray();
    }

    private static ThriftStruct Read(ReadOnlySpan<byte> bytes, ref int at)
    {
        var result = new ThriftStruct();
        int field = 0;
        while (bytes[at++] is var head and not 0)
        {
            field = head >> 4 == 0 ? (int)Signed(bytes, ref at) : field + (head >> 4);
            byte type = (byte)(head & 15);
            result._fields[field] = (type, type is True or False ? type == True : Value(bytes, ref at, type));
        }

        return result;
    }

    private static object Value(ReadOnlySpan<byte> bytes, ref int at, byte type)
    {
        switch (type)
        {
            case True or False:
                // In a list a truth has a byte of its own.
                return bytes[at++] == True;
            case SmallInteger:
                return (long)(sbyte)bytes[at++];
            case 4 or Integer32 or Integer64:
                return Signed(bytes, ref at);
            case Real:
                at += 8;
                return BinaryPrimitives.ReadDoubleLittleEndian(bytes[(at - 8)..]);
            case Binary:
                int length = (int)Unsigned(bytes, ref at);
                at += length;
                return bytes.Slice(at - length, length).ToArray();
            case List:
                byte head = bytes[at++];
                int count = head >> 4 == 15 ? (int)Unsigned(bytes, ref at) : head >> 4;
                var list = new ThriftList((byte)(head & 15), []);
                for (int i = 0; i < count; i++)
                {
                    list.Items.Add(Value(bytes, ref at, list.Type));
                }

                return list;
            case Struct:
                return Read(bytes, ref at);
            default:
                throw new InvalidDataException($"a footer has no values of Thrift's type {type}");
        }
    }

    private static ulong Unsigned(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    private static long Signed(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = Unsigned(bytes, ref at);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private static void WriteUnsigned(Stream output, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            output.WriteByte((byte)(value | 0x80));
        }

        output.WriteByte((byte)value);
    }

    private static void WriteSigned(Stream output, long value) => WriteUnsigned(output, (ulong)((value << 1) ^ (value >> 63)));

    private static void WriteValue(Stream output, byte type, object value)
    {
        switch (value)
        {
            case bool truth:
                output.WriteByte(truth ? True : False);
                break;
            case long number when type == SmallInteger:
                output.WriteByte((byte)number);
                break;
            case long number:
                WriteSigned(output, number);
                break;
            case double real:
                Span<byte> bits = stackalloc byte[8];
                BinaryPrimitives.WriteDoubleLittleEndian(bits, real);
                output.Write(bits);
                break;
            case byte[] bytes:
                WriteUnsigned(output, (ulong)bytes.Length);
                output.Write(bytes);
                break;
            case ThriftList list:
                int count = list.Items.Count;
                output.WriteByte((byte)((Math.Min(count, 15) << 4) | list.Type));
                if (count >= 15)
                {
                    WriteUnsigned(output, (ulong)count);
                }

                foreach (object item in list.Items)
                {
                    WriteValue(output, list.Type, item);
                }

                break;
            default:
                ((ThriftStruct)value).Write(output);
                break;
        }
    }

    private void Write(Stream output)
    {
        int before = 0;
        foreach ((int field, (byte type, object value)) in _fields)
        {
            byte written = value is bool truth ? truth ? True : False : type;
            if (field - before is > 0 and <= 15 and var step)
            {
                output.WriteByte((byte)((step << 4) | written));
            }
            else
            {
                output.WriteByte(written);
                WriteSigned(output, field);
            }

            before = field;
            if (value is not bool)
            {
                WriteValue(output, type, value);
            }
        }

        output.WriteByte(0);
    }

    private sealed record ThriftList(byte Type, List<object> Items);
}
