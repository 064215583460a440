using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Presentation;

/// <summary>DTLS 1.0, 1.2 (RFC 6347) and 1.3 (RFC 9147): the records of a datagram, and the hellos in them.</summary>
internal static class DtlsProtocol
{
    public static readonly Protocol Value = new("dtls", OsiLayer.Presentation, "Datagram Transport Layer Security", Fields.All, Dissect, Describe) { Begins = Begins };

    private const int HeaderSize = 13;
    private const int MessageHeader = 12;
    private const int HelloVerifyRequest = 3;
    private const int ConnectionIdType = 25;

    private static class Fields
    {
        public static readonly Field Records = Field.Group("records", "Records of the datagram");
        public static readonly Field Type = Field.Number("type", "dtls.record.content_type", names: static v => TlsNumbers.ContentName((int)v), about: "Content type", summary: true, width: 1);
        public static readonly Field Version = Field.Number("version", "dtls.record.version", names: static v => TlsNumbers.VersionName((int)v), about: "Version", width: 2);
        public static readonly Field Epoch = Field.Number("epoch", "dtls.record.epoch", about: "Which keys", width: 2);
        public static readonly Field Sequence = Field.Number("sequence", "dtls.record.sequence_number", about: "Number of the record under these keys");
        public static readonly Field Length = Field.Number("length", "dtls.record.length", about: "Bytes of the record", width: 2);
        public static readonly Field Data = Field.Bytes(null, "dtls.app_data", about: "Encrypted data");
        public static readonly Field ConnectionId = Field.Bytes(null, "dtls.record.connection_id", about: "Connection identifier");
        public static readonly Field Handshake = Field.Number("handshake", "dtls.handshake.type", names: static v => MessageName((int)v), about: "Types of handshake messages", summary: true, width: 1);
        public static readonly Field HandshakeVersion = Field.Number("hello_version", "dtls.handshake.version", names: static v => TlsNumbers.VersionName((int)v), about: "Version of a hello", width: 2);
        public static readonly Field Cipher = Field.Number("ciphers", "dtls.handshake.ciphersuite", about: "Ciphers that a hello offers, or chooses", width: 2);
        public static readonly Field ServerName = Field.Text("sni", "dtls.handshake.extensions_server_name", about: "Name of the server that is wanted", summary: true);
        public static readonly Field Alpn = Field.Text("alpn", "dtls.handshake.extensions_alpn_str", about: "Protocols offered");
        public static readonly Field Extension = Field.Number(null, "dtls.handshake.extension.type", about: "Types of the extensions", width: 2);
        public static readonly Field Alert = Field.Number("alert", "dtls.alert_message.desc", about: "Description of an alert", width: 1);

        public static readonly Field[] All =
            [Records, Type, Version, Epoch, Sequence, Length, Data, ConnectionId, Handshake, HandshakeVersion, Cipher, ServerName, Alpn, Extension, Alert];
    }

    /// <summary>Whether a datagram begins with a record that it has room for. 0x0100 is the version of Cisco's DTLS before there was a standard.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length > HeaderSize && IsHeader(bytes) && BinaryPrimitives.ReadUInt16BigEndian(bytes[11..]) is var length && length > 0 && length <= bytes.Length - HeaderSize;

    private static bool IsHeader(ReadOnlySpan<byte> bytes) =>
        bytes[0] is >= TlsNumbers.ChangeCipherSpec and <= 26 && BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]) is 0xFEFF or 0xFEFD or 0xFEFC or 0x0100;

    // RFC 9147, 4: a header that is encrypted in part, 001 and the bits for identifier, sequence, length and epoch.
    private static bool IsUnified(ReadOnlySpan<byte> bytes) => bytes.Length > 1 && bytes[0] >> 5 == 1;

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        bool isKnown = dissection.Conversation?.Application == Value;
        if (!(bytes.Length > HeaderSize && IsHeader(bytes)) && !(isKnown && IsUnified(bytes)))
        {
            return false;
        }

        if (dissection.Conversation is { } conversation)
        {
            conversation.Application = Value;
        }

        dissection.Add(Value, offset, bytes.Length, end);
        int at = 0;
        while (at < bytes.Length && !IsUnified(bytes[at..]))
        {
            if (bytes.Length - at < HeaderSize || !IsHeader(bytes[at..]))
            {
                dissection.Malformed(OsiLayer.Presentation, "DTLS record", offset + at);
                break;
            }

            int size = HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 11)..]);
            if (bytes[at] != ConnectionIdType && size > bytes.Length - at)
            {
                dissection.TooShort(OsiLayer.Presentation, "DTLS record length", offset + at, size, end);
                break;
            }

            if (bytes[at] == ConnectionIdType)
            {
                // RFC 9146, 4: the length stands behind an identifier, whose length only the ends know.
                break;
            }

            if (bytes[at] == TlsNumbers.Handshake && IsPlain(bytes[at..]))
            {
                ReadOnlySpan<byte> body = bytes.Slice(at + HeaderSize, size - HeaderSize);
                if (FaultIn(body))
                {
                    dissection.Malformed(OsiLayer.Presentation, "DTLS handshake length", offset + at + HeaderSize);
                }
                else if (dissection.Conversation is { Beside: null } keyed && ChoosesSrtp(body))
                {
                    keyed.Beside = dissection.Registry.FindProtocol("rtp")?.Protocol;
                }
            }

            at += size;
        }

        return true;
    }

    // Records of the first epoch are not encrypted (RFC 6347, 4.1).
    private static bool IsPlain(ReadOnlySpan<byte> record) => record[3] == 0 && record[4] == 0;

    private static int Read24(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];

    // RFC 6347, 4.2.2: where a fragment stands, and how long it is, fit into the message that it is a part of, and into the record.
    private static bool FaultIn(ReadOnlySpan<byte> record)
    {
        while (record.Length >= MessageHeader)
        {
            int fragment = Read24(record[9..]);
            if (Read24(record[6..]) + fragment > Read24(record[1..]) || fragment > record.Length - MessageHeader)
            {
                return true;
            }

            record = record[(MessageHeader + fragment)..];
        }

        return record.Length > 0;
    }

    // RFC 5764, 4.1.1: a server that takes up use_srtp sends media by these keys between the same ports.
    private static bool ChoosesSrtp(ReadOnlySpan<byte> record)
    {
        if (record.Length < MessageHeader || record[0] != TlsNumbers.ServerHello || Read24(record[9..]) != Read24(record[1..]))
        {
            return false;
        }

        var reader = new TlsReader(record.Slice(MessageHeader, Read24(record[9..])));
        reader.Take(TlsNumbers.RandomEnd);
        reader.Vector8();
        reader.Take(3);
        var extensions = new TlsReader(reader.Vector16());
        while (!extensions.IsEmpty)
        {
            int extension = extensions.Take16();
            extensions.Vector16();
            if (extension == TlsNumbers.UseSrtp)
            {
                return true;
            }
        }

        return false;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int start = view[index].Offset;
        int at = 0;
        sink.BeginList(Fields.Records);
        while (bytes.Length - at >= HeaderSize && IsHeader(bytes[at..]))
        {
            ReadOnlySpan<byte> record = bytes[at..];
            int length = BinaryPrimitives.ReadUInt16BigEndian(record[11..]);
            sink.BeginItem();
            sink.Number(Fields.Type, record[0], start + at, 1);
            sink.Number(Fields.Version, BinaryPrimitives.ReadUInt16BigEndian(record[1..]), start + at + 1, 2);
            sink.Number(Fields.Epoch, BinaryPrimitives.ReadUInt16BigEndian(record[3..]), start + at + 3, 2);
            sink.Number(Fields.Sequence, (long)(BinaryPrimitives.ReadUInt64BigEndian(record[3..]) & 0xFFFF_FFFF_FFFF), start + at + 5, 6);
            if (record[0] == ConnectionIdType)
            {
                sink.EndItem();
                break;
            }

            sink.Number(Fields.Length, length, start + at + 11, 2);
            ReadOnlySpan<byte> body = record[HeaderSize..Math.Min(record.Length, HeaderSize + length)];
            if (record[0] == TlsNumbers.ApplicationData && sink.Wants(Fields.Data))
            {
                sink.Bytes(Fields.Data, body, start + at + HeaderSize);
            }
            else if (IsPlain(record))
            {
                DescribeBody(record[0], body, start + at + HeaderSize, sink);
            }

            sink.EndItem();
            at += HeaderSize + length;
        }

        sink.EndList();
    }

    private static void DescribeBody(int type, ReadOnlySpan<byte> body, int at, IFieldSink sink)
    {
        if (type == TlsNumbers.Alert && body.Length == 2)
        {
            sink.Number(Fields.Alert, body[1], at + 1, 1);
        }

        if (type != TlsNumbers.Handshake)
        {
            return;
        }

        var types = new List<int>();
        for (ReadOnlySpan<byte> rest = body; rest.Length >= MessageHeader && Read24(rest[9..]) <= rest.Length - MessageHeader; rest = rest[(MessageHeader + Read24(rest[9..]))..])
        {
            types.Add(rest[0]);
        }

        sink.Numbers(Fields.Handshake, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(types), at, body.Length);

        // One hello a record, and only one that is whole.
        if (types.Count > 0 && Read24(body[9..]) == Read24(body[1..]))
        {
            DescribeHello(body[0], body.Slice(MessageHeader, Read24(body[9..])), at + MessageHeader, sink);
        }
    }

    private static void DescribeHello(int type, ReadOnlySpan<byte> body, int at, IFieldSink sink)
    {
        var reader = new TlsReader(body);
        if (type is not (TlsNumbers.ClientHello or TlsNumbers.ServerHello or HelloVerifyRequest))
        {
            return;
        }

        sink.Number(Fields.HandshakeVersion, reader.Take16(), at, 2);
        if (type == HelloVerifyRequest)
        {
            return;
        }

        reader.Take(32);
        reader.Vector8();
        if (type == TlsNumbers.ClientHello)
        {
            // RFC 6347, 4.2.1: a cookie is what a hello has beyond that of TLS.
            reader.Vector8();
            sink.Numbers(Fields.Cipher, new TlsReader(reader.Vector16()).Numbers16(), at, body.Length);
            reader.Vector8();
        }
        else
        {
            sink.Number(Fields.Cipher, reader.Take16(), at, 2);
            reader.Take8();
        }

        var extensions = new TlsReader(reader.Vector16());
        while (!extensions.IsEmpty)
        {
            int extension = extensions.Take16();
            ReadOnlySpan<byte> value = extensions.Vector16();
            sink.Number(Fields.Extension, extension, at, body.Length);
            var inside = new TlsReader(value);
            if (extension == TlsNumbers.ServerName)
            {
                var names = new TlsReader(inside.Vector16());
                if (!names.IsEmpty && names.Take8() == 0)
                {
                    sink.Text(Fields.ServerName, names.Vector16(), at, body.Length);
                }
            }
            else if (extension == TlsNumbers.Alpn)
            {
                var protocols = new TlsReader(inside.Vector16());
                var names = new List<string>();
                while (!protocols.IsEmpty)
                {
                    names.Add(AsciiText.Text(protocols.Vector8()));
                }

                sink.Texts(Fields.Alpn, names, at, body.Length);
            }
        }
    }

    private static string? MessageName(int type) => type switch
    {
        0 => "hello request",
        TlsNumbers.ClientHello => "client hello",
        TlsNumbers.ServerHello => "server hello",
        HelloVerifyRequest => "hello verify request",
        4 => "new session ticket",
        11 => "certificate",
        12 => "server key exchange",
        13 => "certificate request",
        14 => "server hello done",
        15 => "certificate verify",
        16 => "client key exchange",
        20 => "finished",
        _ => null,
    };
}
