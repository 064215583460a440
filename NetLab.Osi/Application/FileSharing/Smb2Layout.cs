using System.Buffers.Binary;
using System.Text;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>Where the parts of SMB 2's messages stand ([MS-SMB2], section 2.2), in bytes from the header's beginning.</summary>
internal static class Smb2Layout
{
    /// <summary>Bytes of the header (2.2.1).</summary>
    public const int HeaderSize = 64;

    /// <summary>Where a message's security token stands, and its bytes; nowhere, both are 0.</summary>
    public static (int Offset, int Length) Blob(ReadOnlySpan<byte> message, int command, bool isResponse)
    {
        int at = (command, isResponse) switch { (0, true) => 120, (1, false) => 76, (1, true) => 68, _ => 0 };
        return at == 0 || message.Length < at + 4
            ? (0, 0)
            : (BinaryPrimitives.ReadUInt16LittleEndian(message[at..]), BinaryPrimitives.ReadUInt16LittleEndian(message[(at + 2)..]));
    }

    /// <summary>The file that a message names; empty where it names none.</summary>
    public static Guid FileOf(ReadOnlySpan<byte> message, int command, bool isResponse) =>
        FileAt(message, command, isResponse) is { Offset: > 0 } place ? new Guid(message.Slice(place.Offset, 16)) : default;

    /// <summary>Where a message names a file; what has another structure is an error's response.</summary>
    public static Place FileAt(ReadOnlySpan<byte> message, int command, bool isResponse)
    {
        int size = message.Length >= HeaderSize + 2 ? BinaryPrimitives.ReadUInt16LittleEndian(message[HeaderSize..]) : 0;
        int at = (command, isResponse, size) switch
        {
            (5, true, 89) => 128,
            (6 or 7, false, 24) => 72,
            (8 or 9, false, 49) => 80,
            (10, false, 48) => 72,
            (11, _, 57 or 49) => 72,
            (14, false, 33) => 72,
            (15, false, 32) => 72,
            (16, false, 41) => 88,
            (17, false, 33) => 80,
            (18, _, 24) => 72,
            _ => 0,
        };
        return new Place(at > 0 && at + 16 <= message.Length ? at : 0, 16);
    }

    /// <summary>A text whose place and length the message says; null where it does not lie within it.</summary>
    public static string? Text(ReadOnlySpan<byte> message, int offsetAt, int lengthAt) =>
        PlaceOf(message, offsetAt, lengthAt) is var (offset, length) && offset > 0 ? Encoding.Unicode.GetString(message.Slice(offset, length)) : null;

    /// <summary>A part whose offset and length, 16 bits each, the message says at two places; nowhere where it does not lie within it.</summary>
    public static Place PlaceOf(ReadOnlySpan<byte> message, int offsetAt, int lengthAt)
    {
        if (message.Length < Math.Max(offsetAt, lengthAt) + 2)
        {
            return default;
        }

        int offset = BinaryPrimitives.ReadUInt16LittleEndian(message[offsetAt..]);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(message[lengthAt..]);
        return offset >= HeaderSize && offset + length <= message.Length ? new Place(offset, length) : default;
    }
}
