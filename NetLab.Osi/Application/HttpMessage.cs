using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>An HTTP/1.x message (RFC 9112) and the header fields people look for.</summary>
internal sealed class HttpMessage
{
    public string? Method { get; init; }

    public string? Uri { get; init; }

    public int? Status { get; init; }

    public string? Version { get; init; }

    public string? Host { get; set; }

    public string? UserAgent { get; set; }

    public string? Server { get; set; }

    public string? ContentType { get; set; }

    public long? ContentLength { get; set; }

    public string? ContentEncoding { get; set; }

    public string? TransferEncoding { get; set; }

    public bool IsChunked => TransferEncoding?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;

    public static void DescribeAll(IReadOnlyList<HttpMessage> messages, in LayerEntry entry, IFieldSink sink)
    {
        sink.BeginList("messages");
        foreach (HttpMessage message in messages)
        {
            sink.BeginItem();
            message.Describe(entry, sink);
            sink.EndItem();
        }

        sink.EndList();
    }

    private void Describe(in LayerEntry entry, IFieldSink sink)
    {
        (int at, int length) = (entry.Offset, entry.Length);
        Text("method", Method);
        Text("uri", Uri);
        if (Status is { } status)
        {
            sink.Number("status", status, at, length);
        }

        Text("version", Version);
        Text("host", Host);
        Text("user_agent", UserAgent);
        Text("server", Server);
        Text("content_type", ContentType);
        if (ContentLength is { } bytes)
        {
            sink.Number("content_length", bytes, at, length);
        }

        Text("content_encoding", ContentEncoding);
        Text("transfer_encoding", TransferEncoding);

        void Text(string name, string? value)
        {
            if (value is not null)
            {
                sink.Text(name, value, at, length);
            }
        }
    }
}
