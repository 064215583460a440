using System.Buffers.Binary;

namespace NetLab.Osi.Transport;

/// <summary>The options of a TCP header: their kinds in order, and the values of the common ones.</summary>
internal readonly record struct TcpOptions(IReadOnlyList<int> Kinds, int? Mss, int? WindowScale, uint? TimestampValue, uint? TimestampEcho)
{
    public static TcpOptions Read(ReadOnlySpan<byte> bytes)
    {
        var options = new TcpOptions([], null, null, null, null);
        List<int>? kinds = null;
        while (!bytes.IsEmpty && bytes[0] != 0)
        {
            if (bytes[0] == 1)
            {
                bytes = bytes[1..];
                continue;
            }

            (kinds ??= []).Add(bytes[0]);

            // A length below 2 would never end; one past the header is not there to be read.
            if (bytes.Length < 2 || bytes[1] < 2 || bytes[1] > bytes.Length)
            {
                break;
            }

            ReadOnlySpan<byte> value = bytes[2..bytes[1]];
            options = (bytes[0], value.Length) switch
            {
                (2, 2) => options with { Mss = BinaryPrimitives.ReadUInt16BigEndian(value) },
                (3, 1) => options with { WindowScale = value[0] },
                (8, 8) => options with
                {
                    TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(value),
                    TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
                },
                _ => options,
            };
            bytes = bytes[bytes[1]..];
        }

        return kinds is null ? options : options with { Kinds = kinds };
    }
}
