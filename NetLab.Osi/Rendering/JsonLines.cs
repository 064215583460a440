using NetLab.Osi.Physical;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Rendering;

/// <summary>A decoded capture as JSON Lines: an object a packet, then one a TCP stream.</summary>
public sealed class JsonLines : IFieldSink, IDisposable
{
    private readonly Stream _output;
    private readonly JsonText _json = new();

    /// <summary>Makes a renderer.</summary>
    /// <param name="output">Where the lines go; stays the caller's.</param>
    public JsonLines(Stream output) => _output = output;

    /// <summary>Begins a packet's line; its fields are told next.</summary>
    /// <param name="packet">The packet just decoded.</param>
    public void Begin(DecodedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _json.BeginObject();
        _json.Plain("type"u8, "packet"u8);
        _json.Number("n"u8, packet.Number);
        if (packet.Time is { } time)
        {
            _json.Number("t"u8, time);
        }

        _json.Number("len"u8, packet.OriginalLength);
        _json.Number("cap"u8, packet.CapturedLength);
        _json.Number("link"u8, packet.LinkType);
        if (packet.Comment is { } comment)
        {
            _json.String("comment"u8, comment);
        }

        _json.BeginList("layers"u8);
    }

    /// <summary>Ends a packet's line.</summary>
    public void End(DecodedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _json.EndList();
        if (packet.Stop is { } stop)
        {
            _json.BeginObject("error"u8);
            _json.Number("layer"u8, (int)stop.Layer);
            _json.String("reason"u8, stop.ToString());
            _json.Number("offset"u8, stop.Offset);
            _json.EndObject();
        }

        EndLine();
    }

    /// <summary>Writes a TCP stream.</summary>
    public void Stream(TcpStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _json.BeginObject();
        _json.Plain("type"u8, "stream"u8);
        _json.Plain("proto"u8, "tcp"u8);
        _json.Number("stream"u8, stream.Number);
        WriteEnd("client"u8, stream.Client);
        WriteEnd("server"u8, stream.Server);
        WriteDirection("c2s"u8, stream.ClientToServer);
        WriteDirection("s2c"u8, stream.ServerToClient);
        _json.String("state"u8, TcpSession.NameOf(stream.State));
        _json.BeginList("applications"u8);
        foreach (string application in stream.Applications)
        {
            _json.String([], application);
        }

        _json.EndList();
        EndLine();
    }

    /// <summary>Writes out what is still held back.</summary>
    public void Flush() => _json.Text.Flush(_output);

    /// <inheritdoc/>
    public void Dispose() => Flush();

    bool IFieldSink.BeginLayer(in LayerEntry entry)
    {
        // Layer 1 stands in the packet's own keys; bytes nobody knows are no protocol.
        if (entry.Protocol == FrameProtocol.Value || entry.Protocol == DataProtocol.Value)
        {
            return false;
        }

        _json.BeginObject();
        _json.Plain("proto"u8, entry.Protocol.Utf8Name);
        _json.Number("osi"u8, (int)entry.Layer);
        if (entry.IsQuoted)
        {
            _json.Flag("quoted"u8, true);
        }

        return true;
    }

    void IFieldSink.EndLayer() => _json.EndObject();

    void IFieldSink.Number(Field field, long value, int offset, int length)
    {
        if (field.Name is null)
        {
            return;
        }

        if (field.Kind == FieldKind.Boolean)
        {
            _json.Flag(field, value != 0);
        }
        else if (value < 0 && field.Kind == FieldKind.Number)
        {
            _json.Unsigned(field, (ulong)value);
        }
        else
        {
            _json.Number(field, value);
        }
    }

    void IFieldSink.Flag(Field field, bool value, int offset, int length)
    {
        if (field.Name is not null)
        {
            _json.Flag(field, value);
        }
    }

    void IFieldSink.Real(Field field, double value, int offset, int length)
    {
        if (field.Name is not null)
        {
            _json.Real(field.Utf8, value);
        }
    }

    void IFieldSink.Mac(Field field, ReadOnlySpan<byte> address, int offset)
    {
        if (field.Name is not null)
        {
            _json.Mac(field.Utf8, address);
        }
    }

    void IFieldSink.Ip(Field field, ReadOnlySpan<byte> address, int offset)
    {
        if (field.Name is not null)
        {
            _json.Ip(field.Utf8, address);
        }
    }

    void IFieldSink.Bytes(Field field, ReadOnlySpan<byte> value, int offset)
    {
        if (field.Name is not null)
        {
            _json.Mac(field.Utf8, value);
        }
    }

    void IFieldSink.Text(Field field, ReadOnlySpan<byte> value, int offset, int length)
    {
        if (field.Name is not null)
        {
            _json.String(field.Utf8, value);
        }
    }

    void IFieldSink.Text(Field field, string value, int offset, int length)
    {
        if (field.Name is not null)
        {
            _json.String(field.Utf8, value);
        }
    }

    void IFieldSink.Numbers(Field field, ReadOnlySpan<int> values, int offset, int length)
    {
        if (field.Name is null)
        {
            return;
        }

        _json.BeginList(field.Utf8);
        foreach (int value in values)
        {
            _json.Number([], field.Kind == FieldKind.Number ? (uint)value : value);
        }

        _json.EndList();
    }

    void IFieldSink.Texts(Field field, IReadOnlyList<string> values, int offset, int length)
    {
        if (field.Name is null)
        {
            return;
        }

        _json.BeginList(field.Utf8);
        foreach (string value in values)
        {
            _json.String([], value);
        }

        _json.EndList();
    }

    void IFieldSink.BeginObject(Field field) => _json.BeginObject(field.Utf8);

    void IFieldSink.EndObject() => _json.EndObject();

    void IFieldSink.BeginList(Field field) => _json.BeginList(field.Utf8);

    void IFieldSink.BeginItem() => _json.BeginObject();

    void IFieldSink.EndItem() => _json.EndObject();

    void IFieldSink.EndList() => _json.EndList();

    private void WriteEnd(ReadOnlySpan<byte> name, TcpStreamEnd end)
    {
        Span<byte> address = stackalloc byte[16];
        _json.BeginObject(name);
        _json.Ip("ip"u8, address[..end.Write(address)]);
        _json.Number("port"u8, end.Port);
        _json.EndObject();
    }

    private void WriteDirection(ReadOnlySpan<byte> name, TcpStreamDirection direction)
    {
        _json.BeginObject(name);
        _json.Number("packets"u8, direction.Packets);
        _json.Number("bytes"u8, direction.Bytes);
        _json.String("sha256"u8, direction.Sha256);
        _json.Flag("gap"u8, direction.HasGap);
        _json.EndObject();
    }

    private void EndLine()
    {
        _json.EndObject();
        _json.Text.Append((byte)'\n');
        _json.Text.FlushIfLarge(_output);
    }
}
