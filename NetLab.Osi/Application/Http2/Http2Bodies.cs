using System.Buffers.Text;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Http2;

/// <summary>
/// The bodies of one direction's streams (RFC 9113, 8.1): each is put together from its DATA frames when its media type says who takes
/// it apart, or when objects are wanted.
/// </summary>
/// <param name="protocol">What both directions know in common.</param>
/// <param name="fromClient">Whether the client sends in it.</param>
internal sealed class Http2Bodies(Http2Protocol protocol, bool fromClient)
{
    // Servers allow a hundred streams at a time or so (6.5.2).
    private const int MaxStreams = 256;

    // RFC 8484, 6, and what a query of DNS may be at most.
    private const string DnsMessage = "application/dns-message";
    private const int MaxQuery = 1024;

    private readonly Dictionary<uint, Http2Body> _bodies = [];

    /// <summary>Bytes that are kept.</summary>
    public long Held { get; private set; }

    /// <summary>A stream's header fields are there; trailers bring no media type and begin nothing.</summary>
    public void Begin(in StreamSegment segment, uint stream, List<HeaderField> fields)
    {
        string? Find(string name)
        {
            foreach (HeaderField field in fields)
            {
                if (field.Name == name)
                {
                    return field.Value;
                }
            }

            return null;
        }

        string? type = Find("content-type");
        string? path = Find(":path");
        if (fromClient)
        {
            protocol.Asked(stream, path);
            TakeQuery(segment, path, Find("accept"));
        }

        // Informational responses may come before the final one (RFC 9110, 15.2).
        bool isFinal = fromClient ? path is not null : Find(":status") is { Length: 3 } status && status[0] != '1';
        if (!isFinal)
        {
            return;
        }

        Remove(stream);
        string? asked = fromClient ? path : protocol.Answered(stream);
        if (type is not null && _bodies.Count < MaxStreams && Make(segment, type, Find("content-encoding"), asked) is { } body)
        {
            _bodies[stream] = body;
        }
    }

    /// <summary>Bytes of a stream's body.</summary>
    public void Append(in StreamSegment segment, uint stream, ReadOnlySpan<byte> bytes)
    {
        if (_bodies.TryGetValue(stream, out Http2Body? body))
        {
            long before = body.Kept;
            body.Append(segment, bytes);
            Held += body.Kept - before;
        }
    }

    /// <summary>A stream's body has ended.</summary>
    public void End(in StreamSegment segment, uint stream)
    {
        if (_bodies.TryGetValue(stream, out Http2Body? body))
        {
            Remove(stream);
            body.End(segment);
        }
    }

    /// <summary>A stream's body will not be known.</summary>
    public void Remove(uint stream)
    {
        if (_bodies.Remove(stream, out Http2Body? body))
        {
            Held -= body.Kept;
        }
    }

    /// <summary>No body that has begun will be known.</summary>
    public void Clear()
    {
        _bodies.Clear();
        Held = 0;
    }

    private static Http2Body? Make(in StreamSegment segment, string type, string? encoding, string? path)
    {
        if (GrpcBody.IsType(type))
        {
            return new GrpcBody();
        }

        Protocol? reader = segment.Registry.FindContentType(type)?.Protocol;
        return reader is null && segment.Options.ObjectFound is null
            ? null
            : new MediaBody(reader, type, path, new BodyDigest(encoding, segment.Recall(ContentBudget.Slot), keepsContent: true, segment.Options.IsCopied));
    }

    // RFC 8484, 4.1: a query may stand in the target, as base64url without padding.
    private static void TakeQuery(in StreamSegment segment, string? path, string? accept)
    {
        int at = path?.IndexOf("dns=", StringComparison.Ordinal) ?? -1;
        if (at < 1 || path![at - 1] is not ('?' or '&') || accept?.Contains(DnsMessage, StringComparison.OrdinalIgnoreCase) == false
            || segment.Registry.FindContentType(DnsMessage) is not { } reference)
        {
            return;
        }

        ReadOnlySpan<char> coded = path.AsSpan(at + 4);
        int end = coded.IndexOf('&');
        coded = end < 0 ? coded : coded[..end];
        if (coded.Length <= MaxQuery && Base64Url.IsValid(coded) && Base64Url.DecodeFromChars(coded) is { Length: > 0 } query)
        {
            segment.Dissect(reference.Protocol, query, query.Length);
        }
    }
}
