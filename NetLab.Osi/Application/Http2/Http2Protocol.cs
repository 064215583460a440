using NetLab.Osi.Model;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Http2;

/// <summary>HTTP/2 (RFC 9113): its frames, and the header fields in them (HPACK, RFC 7541).</summary>
internal sealed class Http2Protocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "http2", OsiLayer.Application, "Hypertext Transfer Protocol 2", Http2Detail.Fields.All, static (in StreamStart start) => new Http2Protocol());

    // So much of the preface is nothing else: a request of HTTP/1.1 names another version.
    private const int Telling = 16;

    /// <summary>What a client begins with (3.4).</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Preface[..Telling]);

    /// <summary>Whether a few bytes are how it begins, as far as they go.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> bytes) => bytes.Length < Telling && Preface.StartsWith(bytes);

    protected override StreamParser Make(bool fromClient) => new Http2Parser();
}
