using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>Control messages of LISP on TCP (RFC 9301 with the reliable transport that its drafts describe): a type, a length, a number, and an end marker.</summary>
internal static class LispStreamProtocol
{
    private const int HeaderSize = 8;
    private const int MarkerSize = 4;
    private const uint EndMarker = 0x9FACADE9;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "lisp_tcp", OsiLayer.Application, "Locator/ID Separation Protocol, reliable transport", Fields.All, Frame, Dissect, filter: "lisp-tcp", begins: static bytes => Frame(bytes, true) >= 0);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("type", "lisp-tcp.message.type", at: 0, size: 2, about: "Message", summary: true, needsStreams: true, names: static v => v switch
            {
                16 => "error",
                17 => "registration",
                18 => "registration acknowledgment",
                19 => "registration rejection",
                20 => "registration refresh",
                21 => "mapping notification",
                _ => null,
            }),
            Field.Number("length", "lisp-tcp.message.length", at: 2, size: 2, about: "Bytes of the message", needsStreams: true),
            Field.Number("id", "lisp-tcp.message.id", at: 4, size: 4, about: "Number of the message", needsStreams: true),
        ];
    }

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < HeaderSize)
        {
            return 0;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        bool isRight = length >= HeaderSize + MarkerSize && (bytes.Length < length || BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - MarkerSize)..]) == EndMarker);
        return isRight ? length : StreamParser.NotMine;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.AddMessage(Value, offset, HeaderSize, end);
        return true;
    }
}
