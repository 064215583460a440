using System.Text.Json;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Indexing;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Host.Page;

/// <summary>One packet, whole: what <c>nlab decode --json</c> says of it, its fields with their places, and the bytes those count in.</summary>
internal static class FrameDocument
{
    // A datagram put together from fragments is smaller, a decrypted or joined message mostly.
    private const int MaxBuffer = 1 << 20;

    /// <summary>Writes it.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="capture">The capture.</param>
    /// <param name="number">The packet's ordinal.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static void Write(Utf8JsonWriter json, OpenCapture capture, long number, CancellationToken cancellationToken)
    {
        json.WriteStartObject();
        IndexedPacket row = capture.Index.Row(number);
        json.WritePropertyName("row");
        FrameRows.WriteRow(json, row, capture.NoteOn(number));
        capture.Replays.Decode(
            number,
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                Write(json, packet, decoded, capture.NoteOn(number));
                return true;
            },
            cancellationToken);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, in CapturedPacket packet, DecodedPacket decoded, string? note)
    {
        using var line = new MemoryStream();
        using (var lines = new JsonLines(line))
        {
            lines.Begin(decoded);
            PacketDecoder.Describe(packet.Bytes, decoded, lines);
            lines.End(decoded);
        }

        json.WritePropertyName("packet");
        json.WriteRawValue(line.GetBuffer().AsSpan(0, (int)line.Length), skipInputValidation: true);
        if ((note ?? packet.Comment) is { Length: > 0 } comment)
        {
            json.WriteString("note", comment);
        }

        if (packet.Source.Name is { } name)
        {
            json.WriteString("interface", name);
        }

        if (decoded.Stop is { } stop)
        {
            json.WriteStartObject("stop");
            json.WriteNumber("layer", (int)stop.Layer);
            json.WriteString("reason", stop.ToString());
            json.WriteNumber("at", stop.Offset);
            json.WriteEndObject();
        }

        json.WriteStartArray("layers");
        PacketDecoder.Describe(packet.Bytes, decoded, new FrameFields(json));
        json.WriteEndArray();
        json.WriteStartArray("buffers");
        WriteBuffer(json, "packet", packet.Bytes);
        int written = 0;
        foreach (ref readonly LayerEntry entry in decoded.Entries)
        {
            if (entry.Buffer > written)
            {
                // Buffers are numbered in the order in which they were filled; one without a layer of its own has no name.
                while (++written < entry.Buffer)
                {
                    WriteBuffer(json, "", []);
                }

                WriteBuffer(json, entry.Protocol.Name, decoded.BufferOf(packet.Bytes, entry));
            }
        }

        json.WriteEndArray();
    }

    private static void WriteBuffer(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("length", bytes.Length);
        json.WriteBase64String("bytes", bytes[..Math.Min(bytes.Length, MaxBuffer)]);
        json.WriteEndObject();
    }
}
