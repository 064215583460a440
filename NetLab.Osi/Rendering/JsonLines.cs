using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using NetLab.Osi.Layers;
using NetLab.Osi.Session;

namespace NetLab.Osi.Rendering;

/// <summary>A decoded capture as JSON Lines: an object a packet, then one a TCP stream.</summary>
public sealed class JsonLines : IFieldSink, IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly Utf8JsonWriter _json;
    private bool _skipping;

    /// <summary>Makes a renderer.</summary>
    /// <param name="output">Where the lines go; stays the caller's.</param>
    public JsonLines(Stream output)
    {
        _output = output;
        _json = new Utf8JsonWriter(_line, Options);
    }

    /// <summary>Begins a packet's line; its fields are told next.</summary>
    /// <param name="packet">The packet just decoded.</param>
    public void Begin(DecodedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _json.WriteStartObject();
        _json.WriteString("type", "packet");
        _json.WriteNumber("n", packet.Number);
        if (packet.Time is { } time)
        {
            _json.WriteNumber("t", time);
        }

        _json.WriteNumber("len", packet.OriginalLength);
        _json.WriteNumber("cap", packet.CapturedLength);
        _json.WriteNumber("link", packet.LinkType);
        _json.WriteStartArray("layers");
    }

    /// <summary>Ends a packet's line.</summary>
    public void End(DecodedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _json.WriteEndArray();
        if (packet.Stop is { } stop)
        {
            _json.WriteStartObject("error");
            _json.WriteNumber("layer", (int)stop.Layer);
            _json.WriteString("reason", stop.ToString());
            _json.WriteNumber("offset", stop.Offset);
            _json.WriteEndObject();
        }

        EndLine();
    }

    /// <summary>Writes a TCP stream.</summary>
    public void Stream(TcpStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _json.WriteStartObject();
        _json.WriteString("type", "stream");
        _json.WriteString("proto", "tcp");
        _json.WriteNumber("stream", stream.Number);
        WriteEnd("client", stream.Client);
        WriteEnd("server", stream.Server);
        WriteDirection("c2s", stream.ClientToServer);
        WriteDirection("s2c", stream.ServerToClient);
        _json.WriteString("state", TcpSession.NameOf(stream.State));
        _json.WriteStartArray("applications");
        foreach (string application in stream.Applications)
        {
            _json.WriteStringValue(application);
        }

        _json.WriteEndArray();
        EndLine();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    void IFieldSink.BeginLayer(string protocol, in LayerEntry entry)
    {
        // Layer 1 stands in the packet's own keys; bytes nobody knows are no protocol.
        _skipping = entry.Protocol is ProtocolId.Frame or ProtocolId.Data;
        if (!_skipping)
        {
            _json.WriteStartObject();
            _json.WriteString("proto", protocol);
            _json.WriteNumber("osi", (int)entry.Layer);
        }
    }

    void IFieldSink.EndLayer()
    {
        if (!_skipping)
        {
            _json.WriteEndObject();
        }
    }

    void IFieldSink.Number(string name, long value, int offset, int length, string? meaning)
    {
        if (!_skipping)
        {
            _json.WriteNumber(name, value);
        }
    }

    void IFieldSink.Text(string name, string value, int offset, int length)
    {
        if (!_skipping)
        {
            _json.WriteString(name, value);
        }
    }

    void IFieldSink.Flag(string name, bool value, int offset, int length) => _json.WriteBoolean(name, value);

    void IFieldSink.Numbers(string name, IReadOnlyList<int> values, int offset, int length)
    {
        _json.WriteStartArray(name);
        foreach (int value in values)
        {
            _json.WriteNumberValue(value);
        }

        _json.WriteEndArray();
    }

    void IFieldSink.BeginList(string name) => _json.WriteStartArray(name);

    void IFieldSink.BeginItem() => _json.WriteStartObject();

    void IFieldSink.EndItem() => _json.WriteEndObject();

    void IFieldSink.EndList() => _json.WriteEndArray();

    private void WriteEnd(string name, TcpStreamEnd end)
    {
        _json.WriteStartObject(name);
        _json.WriteString("ip", end.Ip);
        _json.WriteNumber("port", end.Port);
        _json.WriteEndObject();
    }

    private void WriteDirection(string name, TcpStreamDirection direction)
    {
        _json.WriteStartObject(name);
        _json.WriteNumber("packets", direction.Packets);
        _json.WriteNumber("bytes", direction.Bytes);
        _json.WriteString("sha256", direction.Sha256);
        _json.WriteBoolean("gap", direction.HasGap);
        _json.WriteEndObject();
    }

    private void EndLine()
    {
        _json.WriteEndObject();
        _json.Flush();
        _output.Write(_line.WrittenSpan);
        _output.WriteByte((byte)'\n');
        _line.ResetWrittenCount();
        _json.Reset();
    }
}
