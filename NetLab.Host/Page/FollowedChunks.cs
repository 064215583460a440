using System.Text.Json;

namespace NetLab.Host.Page;

/// <summary>A part of a conversation's bytes, cut where sides change and where packets end.</summary>
/// <param name="skip">Bytes of both sides to pass over.</param>
/// <param name="limit">Bytes to keep at most.</param>
internal sealed class FollowedChunks(long skip, int limit)
{
    private readonly List<(long Packet, bool FromFirst, byte[] Bytes, long Missing)> _chunks = [];
    private long _passed;
    private int _kept;

    /// <summary>Whether there is room for no more.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Takes bytes.</summary>
    public void Add(long packet, bool fromFirst, ReadOnlySpan<byte> bytes)
    {
        long over = Math.Clamp(skip - _passed, 0, bytes.Length);
        _passed += bytes.Length;
        bytes = bytes[(int)over..];
        if (bytes.Length > limit - _kept)
        {
            bytes = bytes[..(limit - _kept)];
            IsFull = true;
        }

        if (!bytes.IsEmpty)
        {
            _chunks.Add((packet, fromFirst, bytes.ToArray(), 0));
            _kept += bytes.Length;
        }
    }

    /// <summary>Notes that bytes are missing in the capture.</summary>
    public void Skip(bool fromFirst, long missing)
    {
        if (_passed >= skip && !IsFull)
        {
            _chunks.Add((0, fromFirst, [], missing));
        }
    }

    /// <summary>Writes them.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("chunks");
        foreach ((long packet, bool fromFirst, byte[] bytes, long missing) in _chunks)
        {
            json.WriteStartObject();
            json.WriteString("side", fromFirst ? "a" : "b");
            if (missing > 0)
            {
                json.WriteNumber("missing", missing);
            }
            else
            {
                json.WriteNumber("n", packet);
                json.WriteBase64String("bytes", bytes);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("skip", skip);
        json.WriteNumber("bytes", _kept);
        json.WriteBoolean("more", IsFull);
    }
}
