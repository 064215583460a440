using System.Buffers;
using NetLab.Osi.Application.Http2;
using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>HTTP/1.x (RFC 9112): what both directions of a connection know of each other's messages.</summary>
/// <param name="application">The stream's.</param>
/// <param name="mayResume">Whether the port says that it is HTTP, so that what does not begin like a message is the middle of one.</param>
internal sealed class HttpProtocol(StreamApplication application, bool mayResume) : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "http", OsiLayer.Application, "Hypertext Transfer Protocol", [HttpDetail.Fields.Messages, .. HttpMessage.Fields.All], static (in StreamStart start) => Begin(start));

    // Methods are tokens of any length (RFC 9110, 9.1); none that is registered is longer than this.
    private const int MaxMethodBytes = 20;
    private const int MaxPipelined = 1000;

    private static readonly SearchValues<byte> MethodBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ-_/1."u8);

    private readonly Queue<(string Method, string? Uri)> _asked = new();

    public bool MayResume { get; } = mayResume;

    public StreamApplication Application { get; } = application;

    /// <summary>HTTP/2 may have HTTP's ports, and TLS sometimes has.</summary>
    private static HttpProtocol? Begin(in StreamStart start) =>
        Http2Protocol.MayBegin(start.Bytes) || (start.IsByPort && (TlsProtocol.Begins(start.Bytes) || Http2Protocol.Begins(start.Bytes)))
            ? null
            : new HttpProtocol(start.Application, mayResume: start.IsByPort);

    /// <summary>Whether bytes begin with a request line or a status line, as far as they go.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("HTTP/1."u8))
        {
            return true;
        }

        int method = 0;
        while (method < Math.Min(bytes.Length, MaxMethodBytes + 1) && (char.IsAsciiLetterUpper((char)bytes[method]) || bytes[method] is (byte)'-' or (byte)'_'))
        {
            method++;
        }

        if (method is < 3 or > MaxMethodBytes || method == bytes.Length || bytes[method] != (byte)' ')
        {
            return false;
        }

        // A line that has ended must end with a version; one that has not may yet. Commands of other protocols begin with a word in capitals, too.
        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? bytes : bytes[..end].TrimEnd(" \t\r"u8);
        int version = line.LastIndexOf((byte)' ');
        return end < 0 ? bytes.Length < 8192 && (BeginsWithMethod(bytes) || bytes[(method + 1)..].StartsWith("/"u8)) : version > method && line[(version + 1)..].StartsWith("HTTP/1."u8);
    }

    /// <summary>Whether a line begins with a method that everybody knows, whatever stands behind it (RFC 9110, 9.3): on a port of HTTP it is a request that is not right.</summary>
    public static bool BeginsWithMethod(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> word = line[..Math.Max(0, line.IndexOfAny(" \r\n"u8) is >= 0 and var end ? end : line.Length)];
        return word.Length is >= 3 and <= 8
            && (word.SequenceEqual("GET"u8) || word.SequenceEqual("HEAD"u8) || word.SequenceEqual("POST"u8) || word.SequenceEqual("PUT"u8) || word.SequenceEqual("DELETE"u8)
                || word.SequenceEqual("OPTIONS"u8) || word.SequenceEqual("TRACE"u8) || word.SequenceEqual("CONNECT"u8) || word.SequenceEqual("PATCH"u8) || word.SequenceEqual("CCM_POST"u8));
    }

    /// <summary>Whether bytes that do not begin a message yet may do so with more behind them: a part of a method or of a version.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> bytes) => bytes.Length <= MaxMethodBytes && bytes.TrimEnd((byte)' ').IndexOfAnyExcept(MethodBytes) < 0;

    /// <summary>A request was seen.</summary>
    public void Asked(string method, string? uri)
    {
        if (_asked.Count < MaxPipelined)
        {
            _asked.Enqueue((method, uri));
        }
    }

    /// <summary>The method of the request that a final response answers; null if it was not seen.</summary>
    /// <param name="uri">What it asked for.</param>
    public string? Answered(out string? uri)
    {
        bool wasSeen = _asked.TryDequeue(out (string Method, string? Uri) request);
        uri = request.Uri;
        return wasSeen ? request.Method : null;
    }

    protected override StreamParser Make(bool fromClient) => new HttpParser(this);
}
