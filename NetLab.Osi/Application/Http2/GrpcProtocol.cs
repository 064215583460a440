using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Http2;

/// <summary>
/// gRPC over HTTP/2 (its PROTOCOL-HTTP2 document): a message behind a flag and a length. What it holds is what the bytes are:
/// JSON, or protocol buffers whose shape is known, though not the names.
/// </summary>
internal static class GrpcProtocol
{
    public const int HeaderSize = 5;

    private const int MaxInflated = 1 << 20;

    public static readonly Protocol Value = new("grpc", OsiLayer.Application, "gRPC", Fields.All, Dissect);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("compressed", "grpc.compressed_flag", at: 0, size: 1, names: static v => v switch { 0 => "not compressed", 1 => "compressed", _ => null }, about: "Whether the message is compressed"),
            Field.Number("length", "grpc.message_length", at: 1, size: 4, about: "Bytes of the message"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < HeaderSize)
        {
            dissection.Cut(Value, "gRPC header", offset, HeaderSize, end);
            return true;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(dissection.Bytes[(offset + 1)..]);
        int message = offset + HeaderSize;
        int messageEnd = (int)Math.Min(end, message + (long)length);
        Dissection inside = dissection.Until((int)Math.Min(int.MaxValue, message + (long)length));
        if (!inside.Add(Value, offset, HeaderSize, messageEnd) || messageEnd == message)
        {
            return true;
        }

        if (dissection.Bytes[offset] == 0)
        {
            DissectMessage(inside, message, messageEnd);
        }
        else if (Inflate(inside, inside.Bytes[message..messageEnd]) is { } inflated)
        {
            DissectMessage(inside.Into(inflated), 0, inflated.Length);
        }
        else
        {
            inside.Data(OsiLayer.Application, message, messageEnd);
        }

        return true;
    }

    private static void DissectMessage(in Dissection dissection, int offset, int end)
    {
        bool isKnown = (JsonScanner.MayBe(dissection.Bytes[offset..end]) && JsonProtocol.Value.Dissect(dissection, offset, end)) || ProtobufProtocol.Value.Dissect(dissection, offset, end);
        if (!isKnown)
        {
            dissection.Data(OsiLayer.Application, offset, end);
        }
    }

    // Which coding it is stands in the header fields; gzip, by far the most common, is known by how it begins (RFC 1952, 2.3.1).
    private static byte[]? Inflate(in Dissection dissection, ReadOnlySpan<byte> message)
    {
        if (message is not [0x1F, 0x8B, ..] || !dissection.Result.HasRoomForBuffer)
        {
            return null;
        }

        var body = new BodyDigest("gzip", dissection.Recall(ContentBudget.Slot), keepsContent: true);
        body.Append(message);
        return body.Finish() is { Bytes: <= MaxInflated } && body.Content is { } content ? content.ToArray() : null;
    }
}
