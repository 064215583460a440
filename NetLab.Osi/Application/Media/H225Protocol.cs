using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Media;

/// <summary>
/// H.225.0 (ITU-T, version 7): registration, admission and status (RAS) on UDP, and the part of call signalling that Q.931 carries as user
/// information. In aligned packed encoding (X.691): which message it is stands in the first bits, and which request in the bytes behind.
/// </summary>
internal static class H225Protocol
{
    private const int FirstExtension = 25;
    private const int FirstSignallingExtension = 7;
    private const int InfoRequestResponse = 22;
    private const int ExtensionBit = 0x80;

    /// <summary>Registration, admission and status.</summary>
    public static readonly Protocol Ras = new("h225_ras", OsiLayer.Application, "H.225.0 RAS", Fields.All, DissectRas, DescribeRas, filter: "h225");

    /// <summary>Call signalling.</summary>
    public static readonly Protocol Signalling = new("h225_cs", OsiLayer.Application, "H.225.0 call signalling", Fields.All, DissectSignalling, DescribeSignalling, filter: "h225");

    private static class Fields
    {
        public static readonly Field Ras = Field.Number("message", "h225.RasMessage", about: "Message of RAS", summary: true, names: static v => v < RasNames.Length ? RasNames[v] : null, width: 4);
        public static readonly Field Sequence = Field.Number("sequence", "h225.requestSeqNum", about: "Which request it is, or answers", summary: true, width: 4);
        public static readonly Field Body = Field.Number("message", "h225.h323_message_body", about: "Message of call signalling", summary: true, names: static v => v < BodyNames.Length ? BodyNames[v] : null, width: 4);

        public static readonly Field[] All = [Ras, Sequence, Body];
    }

    private static readonly string[] RasNames =
    [
        "gatekeeper request", "gatekeeper confirm", "gatekeeper reject", "registration request", "registration confirm", "registration reject",
        "unregistration request", "unregistration confirm", "unregistration reject", "admission request", "admission confirm", "admission reject",
        "bandwidth request", "bandwidth confirm", "bandwidth reject", "disengage request", "disengage confirm", "disengage reject",
        "location request", "location confirm", "location reject", "information request", "information response", "nonstandard message",
        "unknown message response", "request in progress", "resources available indication", "resources available confirm",
        "information acknowledgment", "information negative acknowledgment", "service control indication", "service control response", "admission confirm sequence",
    ];

    // How many optional fields the sequence of each message has before its extensions: so many bits stand before its first field.
    private static readonly byte[] OptionalFields =
    [
        4, 2, 2, 3, 3, 2, 3, 1, 1, 7, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 2, 3, 0, 0, 4, 4, 4, 4, 5, 7, 6, 0,
    ];

    private static readonly string[] BodyNames =
    [
        "setup", "call proceeding", "connect", "alerting", "information", "release complete", "facility",
        "progress", "empty", "status", "status inquiry", "setup acknowledge", "notify",
    ];

    private static bool DissectRas(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < 3 || RasMessage(bytes) < 0)
        {
            return false;
        }

        dissection.Add(Ras, offset, bytes.Length, end);
        return true;
    }

    private static bool DissectSignalling(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < 2 || Body(bytes) < 0)
        {
            return false;
        }

        dissection.Add(Signalling, offset, bytes.Length, end);
        return true;
    }

    private static void DescribeRas(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int message = RasMessage(bytes);
        sink.Number(Fields.Ras, message, at, 1);
        int sequence = SequenceAt(bytes, message);
        if (sequence > 0 && sequence + 2 <= bytes.Length)
        {
            // X.691, 11.5.7.2: a number of 1 to 65535 is told less its least.
            sink.Number(Fields.Sequence, BinaryPrimitives.ReadUInt16BigEndian(bytes[sequence..]) + 1, at + sequence, 2);
        }
    }

    private static void DescribeSignalling(in PacketView view, int index, IFieldSink sink) =>
        sink.Number(Fields.Body, Body(view.BytesOf(index)), view[index].Offset, 1);

    // X.691, 23: a bit says whether the choice is an extension; five bits choose among 25, or a bit and six bits among the extensions.
    private static int RasMessage(ReadOnlySpan<byte> bytes)
    {
        int message = (bytes[0] & ExtensionBit) == 0 ? bytes[0] >> 2 : (bytes[0] & 0x40) == 0 ? FirstExtension + (bytes[0] & 0x3F) : -1;
        bool isRoot = (bytes[0] & ExtensionBit) == 0;
        return message < (isRoot ? FirstExtension : RasNames.Length) ? message : -1;
    }

    private static int SequenceAt(ReadOnlySpan<byte> bytes, int message)
    {
        if ((bytes[0] & ExtensionBit) == 0)
        {
            // Choice, extension bit, a bit for each optional field; then whole bytes. An optional field may stand before it in one message alone.
            const int ChoiceBits = 6;
            bool isMoved = message == InfoRequestResponse && (bytes[0] & 1) != 0;
            return isMoved ? -1 : (ChoiceBits + 1 + OptionalFields[message] + 7) / 8;
        }

        if (message == RasNames.Length - 1)
        {
            // A list of confirmations.
            return -1;
        }

        // An extension stands behind its length, in whole bytes (11.9).
        int length = bytes[1] < 0x80 ? 1 : 2;
        return 1 + length + ((1 + OptionalFields[message] + 7) / 8);
    }

    // Two sequences with a bit for extensions and one for an optional field each, then the choice: seven, or extensions behind them.
    private static int Body(ReadOnlySpan<byte> bytes)
    {
        if ((bytes[0] & 8) == 0)
        {
            int body = bytes[0] & 7;
            return body < FirstSignallingExtension ? body : -1;
        }

        int extension = ((bytes[0] & 3) << 4) | (bytes[1] >> 4);
        return (bytes[0] & 4) == 0 && FirstSignallingExtension + extension < BodyNames.Length ? FirstSignallingExtension + extension : -1;
    }
}
