using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.FileSharing;

/// <summary>The NetBIOS session service (RFC 1002, 4.3), and the same header before SMB on its own port ([MS-SMB2], 2.1).</summary>
internal static class NbssProtocol
{
    private const int HeaderSize = 4;
    private const int Message = 0x00;
    private const int Request = 0x81;
    private const int KeepAlive = 0x85;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "nbss", OsiLayer.Session, "NetBIOS Session Service", Fields.All, Frame, Dissect, Describe, begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "nbss.type", at: 0, size: 1, about: "Type", summary: true, names: static v => (int)v switch
        {
            Message => "session message",
            Request => "session request",
            0x82 => "positive session response",
            0x83 => "negative session response",
            0x84 => "retarget session response",
            KeepAlive => "keep-alive",
            _ => null,
        });
        public static readonly Field Length = Field.Number("length", "nbss.length", at: 1, size: 3, about: "Bytes that follow");

        public static readonly Field[] All = [Type, Length];
    }

    /// <summary>Whether bytes begin with a message of SMB behind its length.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.Length >= HeaderSize + 4 && bytes[0] == Message && IsSmb(bytes[HeaderSize..]);

    private static bool IsSmb(ReadOnlySpan<byte> bytes) => bytes.Length >= 4 && bytes[0] >= 0xFC && bytes[1..4].SequenceEqual("SMB"u8);

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] is not (Message or (>= Request and <= KeepAlive)))
        {
            return StreamParser.NotMine;
        }

        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        // What is not SMB does not use the upper byte of the length.
        bool isLong = bytes[1] > 1 && (bytes[0] != Message || (bytes.Length >= HeaderSize + 4 && !IsSmb(bytes[HeaderSize..])));
        return isLong ? StreamParser.NotMine : HeaderSize + ((bytes[1] << 16) | (bytes[2] << 8) | bytes[3]);
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < HeaderSize)
        {
            return false;
        }

        int message = offset + HeaderSize;
        bool carries = bytes[0] == Message && message < end;
        if (!dissection.Add(Value, offset, carries ? HeaderSize : bytes.Length, end) || !carries)
        {
            return true;
        }

        bool isTaken = bytes[HeaderSize] == 0xFF ? SmbProtocol.Dissect(dissection, message, end) : Smb2Protocol.Dissect(dissection, message, end);
        if (!isTaken)
        {
            dissection.Data(OsiLayer.Application, message, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink) => Value.DescribeHeader(view, index, sink);
}
