using System.Text;
using NetLab.Osi.Decoding;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

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
        return $"{_summary.About(packet, bytes)} {Message(packet, bytes)}".Trim();
    }

    /// <summary>The message it completes alone; empty if it completes none.</summary>
    internal string Message(DecodedPacket packet, ReadOnlySpan<byte> bytes)
    {
        _fields.Clear();
        PacketDecoder.Describe(bytes, packet, _fields);
        return _fields.Text;
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

    // The fields that say what a message is, of those that protocols tell.
    private sealed class LabelFields : IFieldSink
    {
        private const int MaxText = 60;

        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public void Clear() => _text.Clear();

        bool IFieldSink.BeginLayer(in LayerEntry entry)
        {
            bool isMessage = entry.Layer >= OsiLayer.Session && entry.HeaderLength > 0 && entry.Protocol != DataProtocol.Value;
            if (isMessage)
            {
                Append(entry.Protocol.Name);
            }

            return isMessage;
        }

        bool IFieldSink.Wants(Field field) => field.IsInSummary;

        void IFieldSink.Number(Field field, long value, int offset, int length)
        {
            if (field.IsInSummary)
            {
                // Codes of three digits are known by their number, such as HTTP's.
                string? name = field.Names?.Invoke(value);
                Append(name is null ? $"{value}" : value >= 100 ? $"{value} {name}" : name);
            }
        }

        void IFieldSink.Text(Field field, ReadOnlySpan<byte> value, int offset, int length)
        {
            if (field.IsInSummary)
            {
                Append(Encoding.UTF8.GetString(value));
            }
        }

        void IFieldSink.Text(Field field, string value, int offset, int length)
        {
            if (field.IsInSummary)
            {
                Append(value);
            }
        }

        void IFieldSink.Numbers(Field field, ReadOnlySpan<int> values, int offset, int length)
        {
            if (field.IsInSummary)
            {
                Append($"{field.Name}={string.Join(',', values.ToArray())}");
            }
        }

        void IFieldSink.Texts(Field field, IReadOnlyList<string> values, int offset, int length)
        {
            if (field.IsInSummary)
            {
                Append(string.Join(", ", values));
            }
        }

        private void Append(string text)
        {
            string shown = VisibleText.Of(text);
            _text.Append(_text.Length > 0 ? " " : "").Append(shown.Length > MaxText ? string.Concat(shown.AsSpan(0, MaxText - 1), "…") : shown);
        }
    }
}
