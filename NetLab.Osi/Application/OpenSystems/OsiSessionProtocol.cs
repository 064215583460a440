using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.OpenSystems;

/// <summary>The connection-oriented session protocol (ISO 8327-1, ITU-T X.225): the SPDUs that open and close a session, and data.</summary>
internal static class OsiSessionProtocol
{
    private const int DataTransfer = 1;
    private const int Finish = 9;
    private const int Connect = 13;
    private const int Abort = 25;
    private const int UserData = 193;
    private const int ExtendedUserData = 194;

    // 8.2.5: lengths from 255 on stand in two bytes behind this one.
    private const int LongLength = 0xFF;

    public static readonly Protocol Value = new("ses", OsiLayer.Session, "ISO 8327-1 session", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "ses.type", about: "Kind of SPDU", summary: true, names: static v => (int)v switch
        {
            DataTransfer => "DT, data transfer",
            8 => "RF, refuse",
            Finish => "FN, finish",
            10 => "DN, disconnect",
            12 => "RF, refuse",
            Connect => "CN, connect",
            14 => "AC, accept",
            Abort => "AB, abort",
            _ => null,
        }, width: 1);
        public static readonly Field Length = Field.Number("length", "ses.length", about: "Bytes of parameters", width: 2);

        public static readonly Field[] All = [Type, Length];
    }

    /// <summary>Takes a unit of data of the transport protocol apart.</summary>
    /// <returns>False when it does not begin with an SPDU.</returns>
    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.StartsWith((ReadOnlySpan<byte>)[DataTransfer, 0, DataTransfer, 0]))
        {
            // 8.3.2.5: GIVE TOKENS, which has the same code, and DATA TRANSFER, whose user information is all that follows.
            if (dissection.Add(Value, offset, 4, end) && end > offset + 4 && !OsiPresentationProtocol.Dissect(dissection, offset + 4, end))
            {
                dissection.Data(OsiLayer.Application, offset + 4, end);
            }

            return true;
        }

        int at = 1;
        if (bytes.Length < 2 || bytes[0] is not (8 or Finish or 10 or 12 or Connect or 14 or Abort) || !TryLength(bytes, ref at, out int length) || at + length > bytes.Length)
        {
            return false;
        }

        if (dissection.Add(Value, offset, at + length, end) && TryFindUserData(bytes[..(at + length)], at, out int data, out int size))
        {
            Dissection inside = dissection.Until(offset + data + size);
            if (!OsiPresentationProtocol.Dissect(inside, offset + data, offset + data + size))
            {
                inside.Data(OsiLayer.Application, offset + data, offset + data + size);
            }
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index)[..view[index].HeaderLength];
        int start = view[index].Offset;
        int at = 1;
        sink.Number(Fields.Type, bytes[0], start, 1);
        if (TryLength(bytes, ref at, out int length))
        {
            sink.Number(Fields.Length, length, start + 1, at - 1);
        }
    }

    // 8.2: parameters, some in groups, each with a code and a length; user data are the last.
    private static bool TryFindUserData(ReadOnlySpan<byte> bytes, int at, out int data, out int size)
    {
        (data, size) = (0, 0);
        while (at + 2 <= bytes.Length)
        {
            int code = bytes[at++];
            if (!TryLength(bytes, ref at, out int length) || at + length > bytes.Length)
            {
                return false;
            }

            if (code is UserData or ExtendedUserData)
            {
                (data, size) = (at, length);
                return length > 0;
            }

            at += length;
        }

        return false;
    }

    private static bool TryLength(ReadOnlySpan<byte> bytes, ref int at, out int length)
    {
        length = at < bytes.Length ? bytes[at++] : 0;
        if (length != LongLength)
        {
            return at <= bytes.Length;
        }

        if (at + 2 > bytes.Length)
        {
            return false;
        }

        length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        at += 2;
        return true;
    }
}
