using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>The Border Gateway Protocol, version 4 (RFC 4271, 4), with multiprotocol routes (RFC 4760).</summary>
internal static class BgpProtocol
{
    private const int MarkerSize = 16;

    // Of a marker whose beginning another segment's bytes took, or the capture, so many ones are enough.
    private const int MinMarker = 8;
    private const int HeaderSize = 19;
    private const int Open = 1;
    private const int Update = 2;
    private const int Notification = 3;
    private const int LastType = 5;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "bgp", OsiLayer.Application, "Border Gateway Protocol", BgpFields.All, Frame, Dissect, Describe, begins: Begins);

    /// <summary>Whether bytes begin with its marker of ones (RFC 4271, 4.1).</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        int marker = MarkerOf(bytes);
        return marker == bytes.Length || (marker >= MinMarker && (bytes.Length < marker + 3 || IsHeader(bytes[marker..])));
    }

    private static int MarkerOf(ReadOnlySpan<byte> bytes)
    {
        int other = bytes.IndexOfAnyExcept((byte)0xFF);
        return Math.Min(MarkerSize, other < 0 ? bytes.Length : other);
    }

    private static bool IsHeader(ReadOnlySpan<byte> lengthAndType) =>
        BinaryPrimitives.ReadUInt16BigEndian(lengthAndType) >= HeaderSize && lengthAndType[2] is >= Open and <= LastType;

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (!Begins(bytes))
        {
            return StreamParser.NotMine;
        }

        int marker = MarkerOf(bytes);
        return bytes.Length < marker + 3 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(bytes[marker..]) - (MarkerSize - marker);
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (offset >= end || !Begins(dissection.Bytes[offset..end]))
        {
            return false;
        }

        int marker = MarkerOf(dissection.Bytes[offset..end]);
        int missing = MarkerSize - marker;
        int length = end - offset < marker + 3 ? HeaderSize : BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + marker)..]);
        dissection.AddMessage(Value, offset, HeaderSize - missing, length - missing, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int marker = MarkerOf(bytes);
        int at = view[index].Offset + marker;
        ReadOnlySpan<byte> message = bytes[marker..];
        FieldReader.Report(BgpFields.Header, message, at, sink);
        switch (message[2])
        {
            case Open:
                FieldReader.Report(BgpFields.Open, message, at, sink);
                break;
            case Notification:
                FieldReader.Report(BgpFields.Notification, message, at, sink);
                break;
            case Update:
                BgpUpdate.Describe(message, at, sink);
                break;
            default:
                break;
        }
    }
}
