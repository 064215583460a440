using System.Buffers.Binary;
using System.Text;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>The names in a directory's listing ([MS-FSCC], 2.4), at the level that was asked for.</summary>
internal static class Smb2Directory
{
    private const int MaxEntries = 4096;

    /// <summary>Tells the names.</summary>
    /// <param name="message">The response.</param>
    /// <param name="at">Where it stands in its buffer.</param>
    /// <param name="level">The level of information; 0 when it is not known.</param>
    /// <param name="sink">Who is told.</param>
    public static void Describe(ReadOnlySpan<byte> message, int at, int level, IFieldSink sink)
    {
        // Where the length of the name stands in an entry, and the name.
        (int lengthAt, int nameAt) = level switch
        {
            1 => (60, 64),
            2 => (60, 68),
            3 => (60, 94),
            12 => (8, 12),
            37 => (60, 104),
            38 => (60, 80),
            _ => (0, 0),
        };
        if (nameAt == 0 || message.Length < 72)
        {
            return;
        }

        int entry = BinaryPrimitives.ReadUInt16LittleEndian(message[66..]);
        for (int i = 0; i < MaxEntries && entry + nameAt <= message.Length; i++)
        {
            uint next = BinaryPrimitives.ReadUInt32LittleEndian(message[entry..]);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(message[(entry + lengthAt)..]);
            if (length <= (uint)(message.Length - entry - nameAt))
            {
                int from = entry + nameAt;
                sink.Text(Smb2Protocol.Fields.FileName, Encoding.Unicode.GetString(message.Slice(from, (int)length)), at + from, (int)length);
            }

            if (next == 0 || next > (uint)(message.Length - entry))
            {
                return;
            }

            entry += (int)next;
        }
    }
}
