using System.Text;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Rendering;

/// <summary>What a packet of a conversation is, in a few words: its segment, and the message it completes.</summary>
public sealed class PacketLabel
{
    private readonly PacketSummary _summary = new();
    private readonly LabelFields _fields = new();

    /// <summary>The words.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    public string Of(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _fields.Clear();
        PacketDecoder.Describe(bytes, packet, _fields);
        return $"{_summary.About(packet, bytes)} {_fields.Text}".Trim();
    }

    /// <summary>Who sent it to whom, with ports.</summary>
    /// <param name="packet">The packet just decoded.</param>
    /// <param name="bytes">Its bytes.</param>
    public (string From, string To) Ends(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(packet);
        string[] ends = _summary.Ends(packet, bytes).Split(" → ");
        return (ends[0], ends[^1]);
    }

    // The fields that say what a message is, of those that dissectors tell.
    private sealed class LabelFields : IFieldSink
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public void Clear() => _text.Clear();

        public bool BeginLayer(in LayerEntry entry)
        {
            bool isMessage = entry.Layer >= OsiLayer.Session && entry.HeaderLength > 0 && entry.Protocol != ProtocolId.Data;
            if (isMessage)
            {
                Append(ProtocolNames.Of(entry.Protocol));
            }

            return isMessage;
        }

        public void EndLayer()
        {
        }

        public void Number(ReadOnlySpan<byte> name, long value, int offset, int length, string? meaning = null)
        {
            if (name.SequenceEqual("status"u8))
            {
                Append($"{value}");
            }
            else if (name.SequenceEqual("opcode"u8) || name.SequenceEqual("msg_type"u8))
            {
                Append(meaning ?? $"{value}");
            }
        }

        public void Flag(ReadOnlySpan<byte> name, bool value, int offset, int length)
        {
            if (name.SequenceEqual("qr"u8))
            {
                Append(value ? "response" : "query");
            }
        }

        public void Mac(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address, int offset)
        {
        }

        public void Ip(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address, int offset)
        {
        }

        void IFieldSink.Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int offset, int length) => Take(name, Encoding.UTF8.GetString(value));

        void IFieldSink.Text(ReadOnlySpan<byte> name, string value, int offset, int length) => Take(name, value);

        public void Numbers(ReadOnlySpan<byte> name, ReadOnlySpan<int> values, int offset, int length)
        {
            if (name.SequenceEqual("codes"u8) || name.SequenceEqual("handshakes"u8) || name.SequenceEqual("status"u8) || name.SequenceEqual("records"u8))
            {
                Append($"{Encoding.ASCII.GetString(name)}={string.Join(',', values.ToArray())}");
            }
        }

        public void Texts(ReadOnlySpan<byte> name, IReadOnlyList<string> values, int offset, int length)
        {
            if (name.SequenceEqual("commands"u8) || name.SequenceEqual("banner"u8) || name.SequenceEqual("method"u8) || name.SequenceEqual("status"u8)
                || name.SequenceEqual("names"u8) || name.SequenceEqual("packets"u8))
            {
                Append(string.Join(", ", values));
            }
        }

        public void BeginObject(ReadOnlySpan<byte> name)
        {
        }

        public void EndObject()
        {
        }

        public void BeginList(ReadOnlySpan<byte> name)
        {
        }

        public void BeginItem()
        {
        }

        public void EndItem()
        {
        }

        public void EndList()
        {
        }

        private void Take(ReadOnlySpan<byte> name, string value)
        {
            if (name.SequenceEqual("method"u8) || name.SequenceEqual("uri"u8) || name.SequenceEqual("name"u8) || name.SequenceEqual("sni"u8) || name.SequenceEqual("file"u8))
            {
                Append(value);
            }
        }

        private void Append(string text)
        {
            // A value of a packet may hold anything: what a terminal would obey is left out.
            string shown = string.Concat(text.Where(c => !char.IsControl(c)));
            _text.Append(_text.Length > 0 ? " " : "").Append(shown.Length > 60 ? string.Concat(shown.AsSpan(0, 59), "…") : shown);
        }
    }
}
