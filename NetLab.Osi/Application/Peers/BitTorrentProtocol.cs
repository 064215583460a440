using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Peers;

/// <summary>The peer protocol of BitTorrent (BEP 3): a handshake, then messages behind a length.</summary>
internal static class BitTorrentProtocol
{
    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "bittorrent", OsiLayer.Application, "BitTorrent", Fields.All, Frame, Dissect, Describe, begins: Begins);

    private const int HandshakeSize = 68;

    // A block has 16 KiB; some ask for more.
    private const uint MaxMessage = 1 << 20;

    private static class Fields
    {
        public static readonly Field InfoHash = Field.Bytes("info_hash", "bittorrent.info_hash", about: "What is shared");
        public static readonly Field PeerId = Field.Bytes("peer_id", "bittorrent.peer_id", about: "Who shares it");
        public static readonly Field Length = Field.Number("length", "bittorrent.msg.length", about: "Bytes of the message", width: 4);
        public static readonly Field Type = Field.Number("type", "bittorrent.msg.type", names: static v => NameOf((int)v), about: "Type of the message", summary: true, width: 1);
        public static readonly Field Piece = Field.Number("piece", "bittorrent.piece.index", about: "Piece", width: 4);
        public static readonly Field Begin = Field.Number("begin", "bittorrent.piece.begin", about: "Where a block begins in its piece", width: 4);
        public static readonly Field Block = Field.Number("block", "bittorrent.piece.length", about: "Bytes of a block", width: 4);

        public static readonly Field[] All = [InfoHash, PeerId, Length, Type, Piece, Begin, Block];
    }

    /// <summary>Whether bytes begin with the handshake.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\u0013BitTorrent protocol"u8);

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes[0] == 19)
        {
            return bytes.Length < 20 ? 0 : Begins(bytes) ? HandshakeSize : StreamParser.NotMine;
        }

        if (bytes.Length < 4)
        {
            return 0;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return length > MaxMessage ? StreamParser.NotMine : 4 + (int)length;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 4)
        {
            dissection.Cut(Value, "BitTorrent length", offset, 4, end);
            return true;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes.Length < 4)
        {
            return;
        }

        if (Begins(bytes))
        {
            if (bytes.Length >= HandshakeSize)
            {
                sink.Bytes(Fields.InfoHash, bytes.Slice(28, 20), at + 28);
                sink.Bytes(Fields.PeerId, bytes.Slice(48, 20), at + 48);
            }

            return;
        }

        sink.Number(Fields.Length, BinaryPrimitives.ReadUInt32BigEndian(bytes), at, 4);
        if (bytes.Length < 5)
        {
            return;
        }

        sink.Number(Fields.Type, bytes[4], at + 4, 1);
        if (bytes[4] is 4 or 6 or 7 or 8 && bytes.Length >= 9)
        {
            sink.Number(Fields.Piece, BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]), at + 5, 4);
        }

        if (bytes[4] is 6 or 7 or 8 && bytes.Length >= 13)
        {
            sink.Number(Fields.Begin, BinaryPrimitives.ReadUInt32BigEndian(bytes[9..]), at + 9, 4);
        }

        if (bytes[4] is 6 or 8 && bytes.Length >= 17)
        {
            sink.Number(Fields.Block, BinaryPrimitives.ReadUInt32BigEndian(bytes[13..]), at + 13, 4);
        }
    }

    private static string? NameOf(int type) => type switch
    {
        0 => "choke",
        1 => "unchoke",
        2 => "interested",
        3 => "not interested",
        4 => "have",
        5 => "bitfield",
        6 => "request",
        7 => "piece",
        8 => "cancel",
        9 => "port",
        13 => "suggest piece",
        14 => "have all",
        15 => "have none",
        16 => "reject request",
        17 => "allowed fast",
        20 => "extended",
        _ => null,
    };
}
