using System.Buffers.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Peers;

/// <summary>The distributed hash table of BitTorrent (BEP 5): bencoded dictionaries, one a datagram.</summary>
internal static class DhtProtocol
{
    public static readonly Protocol Value = new("bt_dht", OsiLayer.Application, "BitTorrent DHT", Fields.All, Dissect, Describe, filter: "bt-dht") { Begins = Begins };

    private const int MaxDepth = 8;

    private static class Fields
    {
        public static readonly Field Kind = Field.Text("kind", about: "Query, response or error", summary: true);
        public static readonly Field Method = Field.Text("method", about: "What is asked", summary: true);
        public static readonly Field Transaction = Field.Bytes("transaction", about: "Which query");
        public static readonly Field Id = Field.Bytes("id", "bt-dht.id", about: "Node that sends it");
        public static readonly Field InfoHash = Field.Bytes("info_hash", about: "What is looked for");
        public static readonly Field Target = Field.Bytes("target", about: "Node that is looked for");

        public static readonly Field[] All = [Kind, Method, Transaction, Id, InfoHash, Target];
    }

    /// <summary>Whether bytes begin with a dictionary of the keys that messages begin with.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 12 && bytes[^1] == (byte)'e'
        && (bytes.StartsWith("d1:ad2:id20:"u8) || bytes.StartsWith("d1:rd2:id20:"u8) || bytes.StartsWith("d1:eli"u8) || bytes.StartsWith("d2:ip6:"u8) || bytes.StartsWith("d2:ip18:"u8));

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.IsEmpty || bytes[0] != (byte)'d')
        {
            return false;
        }

        dissection.Add(Value, offset, bytes.Length, end);
        int at = 0;
        if (!Skip(bytes, ref at, 0))
        {
            dissection.Malformed(OsiLayer.Application, "bencoding", offset + Math.Min(at, bytes.Length));
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink) =>
        DescribeDictionary(view.BytesOf(index), view[index].Offset, 0, sink);

    private static void DescribeDictionary(ReadOnlySpan<byte> bytes, int start, int depth, IFieldSink sink)
    {
        int at = 1;
        while (at < bytes.Length && bytes[at] != (byte)'e' && TryReadText(bytes, ref at, out ReadOnlySpan<byte> key))
        {
            int value = at;
            if (!Skip(bytes, ref at, depth + 1))
            {
                return;
            }

            ReadOnlySpan<byte> item = bytes[value..at];
            if (depth == 0 && item[0] == (byte)'d' && (key.SequenceEqual("a"u8) || key.SequenceEqual("r"u8)))
            {
                DescribeDictionary(item, start + value, 1, sink);
                continue;
            }

            int inside = 0;
            if (!TryReadText(item, ref inside, out ReadOnlySpan<byte> text))
            {
                continue;
            }

            int place = start + at - text.Length;
            if (depth == 0 && key.SequenceEqual("y"u8))
            {
                sink.Text(Fields.Kind, text.Length != 1 ? text : text[0] switch { (byte)'q' => "query"u8, (byte)'r' => "response"u8, _ => "error"u8 }, place, text.Length);
            }
            else if (depth == 0 && key.SequenceEqual("q"u8))
            {
                sink.Text(Fields.Method, text, place, text.Length);
            }
            else if ((depth, key.Length) switch
            {
                (0, 1) when key[0] == (byte)'t' => Fields.Transaction,
                (1, 2) when key.SequenceEqual("id"u8) => Fields.Id,
                (1, 9) when key.SequenceEqual("info_hash"u8) => Fields.InfoHash,
                (1, 6) when key.SequenceEqual("target"u8) => Fields.Target,
                _ => null,
            } is { } field)
            {
                sink.Bytes(field, text, place);
            }
        }
    }

    // 4:text
    private static bool TryReadText(ReadOnlySpan<byte> bytes, ref int at, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!Utf8Parser.TryParse(bytes[at..], out uint length, out int digits) || at + digits >= bytes.Length || bytes[at + digits] != (byte)':'
            || length > bytes.Length - at - digits - 1)
        {
            return false;
        }

        text = bytes.Slice(at + digits + 1, (int)length);
        at += digits + 1 + (int)length;
        return true;
    }

    // A text, a number i…e, a list l…e, or a dictionary d…e.
    private static bool Skip(ReadOnlySpan<byte> bytes, ref int at, int depth)
    {
        if (at >= bytes.Length || depth > MaxDepth)
        {
            return false;
        }

        switch (bytes[at])
        {
            case (byte)'i':
                int end = bytes[at..].IndexOf((byte)'e');
                at += end + 1;
                return end > 0;
            case (byte)'l' or (byte)'d':
                at++;
                while (at < bytes.Length && bytes[at] != (byte)'e')
                {
                    if (!Skip(bytes, ref at, depth + 1))
                    {
                        return false;
                    }
                }

                return at++ < bytes.Length;
            default:
                return TryReadText(bytes, ref at, out _);
        }
    }
}
