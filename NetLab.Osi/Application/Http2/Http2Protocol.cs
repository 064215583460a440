using NetLab.Osi.Model;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Http2;

/// <summary>HTTP/2 (RFC 9113): its frames, and the header fields in them (HPACK, RFC 7541).</summary>
internal sealed class Http2Protocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "http2", OsiLayer.Application, "Hypertext Transfer Protocol 2", Http2Detail.Fields.All, static (in StreamStart start) => new Http2Protocol());

    // Streams at a time of which it is remembered what they ask for; servers allow a hundred or so (RFC 9113, 6.5.2).
    private const int MaxStreams = 1000;

    // So much of the preface is nothing else: a request of HTTP/1.1 names another version.
    private const int Telling = 16;

    private readonly Dictionary<uint, string> _paths = [];

    /// <summary>What a client begins with (3.4).</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Preface[..Telling]);

    /// <summary>Whether a few bytes are how it begins, as far as they go.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> bytes) => bytes.Length < Telling && Preface.StartsWith(bytes);

    /// <summary>Notes what a stream asks for.</summary>
    public void Asked(uint stream, string? path)
    {
        if (path is not null && (_paths.Count < MaxStreams || _paths.ContainsKey(stream)))
        {
            _paths[stream] = path;
        }
    }

    /// <summary>What a stream asked for, which is then forgotten; null if it was not seen.</summary>
    public string? Answered(uint stream) => _paths.Remove(stream, out string? path) ? path : null;

    protected override StreamParser Make(bool fromClient) => new Http2Parser(this, fromClient);
}
