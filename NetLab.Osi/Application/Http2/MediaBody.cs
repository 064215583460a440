using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Http2;

/// <summary>A body that is taken apart once it is whole, because of its media type, or handed out as an object.</summary>
/// <param name="reader">Takes it apart; null if its media type is none that is known.</param>
/// <param name="type">Its media type.</param>
/// <param name="path">What was asked for; null if that was not seen.</param>
/// <param name="body">Its bytes.</param>
internal sealed class MediaBody(Protocol? reader, string type, string? path, BodyDigest body) : Http2Body
{
    // A body that a protocol takes apart is one message of it, not a file.
    private const int MaxRead = 1 << 20;

    public override long Kept => body.Kept;

    public override void Append(in StreamSegment segment, ReadOnlySpan<byte> bytes) => body.Append(bytes);

    public override void End(in StreamSegment segment)
    {
        if (body.Finish() is null || body.Content is not { } content)
        {
            return;
        }

        segment.Options.ObjectFound?.Invoke(new CarriedObject(Http2Protocol.Value.Name, segment.PacketNumber, segment.Stream.Number, path, type, content));
        if (reader is not null && content.Length <= MaxRead)
        {
            segment.Dissect(reader, content.Span, content.Length);
        }
    }
}
