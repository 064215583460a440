using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application.Mail;

/// <summary>The Internet Message Format (RFC 5322): the header of a mail, and the parts of its body (MIME, RFC 2045, RFC 2046).</summary>
internal static class ImfProtocol
{
    // Parts in parts end: no mail is nested deeper, or has more of them, that anybody reads.
    private const int MaxDepth = 4;
    private const int MaxParts = 256;

    // Filters and columns know the header of each mail in a mail, and of those in it: what forwards failures forwards them again.
    private const int MaxMailDepth = 128;
    private const int MaxBoundary = 70;

    public static readonly Protocol Value = new("imf", OsiLayer.Application, "Internet Message Format", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field From = Field.Text("from", "imf.from", about: "Who wrote it", summary: true);
        public static readonly Field To = Field.Text("to", "imf.to", about: "Who gets it");
        public static readonly Field Cc = Field.Text("cc", "imf.cc", about: "Who gets a copy");
        public static readonly Field Subject = Field.Text("subject", "imf.subject", about: "What it is about", summary: true);
        public static readonly Field Date = Field.Text("date", "imf.date", about: "When it was written");
        public static readonly Field MessageId = Field.Text("message_id", "imf.message_id", about: "Its identifier");
        public static readonly Field ReplyTo = Field.Text(null, "imf.reply_to", about: "Who gets answers");
        public static readonly Field InReplyTo = Field.Text(null, "imf.in_reply_to", about: "What it answers");
        public static readonly Field References = Field.Text(null, "imf.references", about: "What it refers to");
        public static readonly Field Sender = Field.Text(null, "imf.sender", about: "Who sent it");
        public static readonly Field ReturnPath = Field.Text(null, "imf.return_path", about: "Where failures are told");
        public static readonly Field MimeVersion = Field.Text(null, "imf.mime_version", about: "Version of MIME");
        public static readonly Field ContentType = Field.Text("content_type", "imf.content.type", about: "Media type of the body");
        public static readonly Field TransferEncoding = Field.Text("transfer_encoding", "imf.content.transfer_encoding", about: "Coding of the body");
        public static readonly Field Parts = Field.Group("parts", "Parts of a body of several");
        public static readonly Field PartType = Field.Text("content_type", about: "Media type of a part");
        public static readonly Field PartDisposition = Field.Text("disposition", about: "How a part is to be shown");
        public static readonly Field PartEncoding = Field.Text("transfer_encoding", about: "Coding of a part");
        public static readonly Field PartBytes = Field.Number("bytes", about: "Bytes of a part, coded", names: static _ => null);

        public static readonly Field[] All =
        [
            From, To, Cc, Subject, Date, MessageId, ReplyTo, InReplyTo, References, Sender, ReturnPath, MimeVersion, ContentType, TransferEncoding,
            Parts, PartType, PartDisposition, PartEncoding, PartBytes,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end <= offset)
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> message = view.BytesOf(index);
        int at = view[index].Offset;
        int parts = 0;
        int body = DescribeHeader(message, at, sink, out ReadOnlySpan<byte> type);
        if (sink.WantsHidden)
        {
            DescribeMails(message[body..], at + body, type, 0, ref parts, sink);
        }
        else if (BoundaryOf(type) is { IsEmpty: false } boundary)
        {
            sink.BeginList(Fields.Parts);
            DescribeParts(message[body..], at + body, boundary, 0, ref parts, sink);
            sink.EndList();
        }
    }

    // Returns where the body begins.
    private static int DescribeHeader(ReadOnlySpan<byte> message, int at, IFieldSink sink, out ReadOnlySpan<byte> type)
    {
        type = default;
        int seen = 0;
        var header = new MailHeader(message);
        while (header.MoveNext())
        {
            if (FieldOf(header.Name) is not { } field)
            {
                continue;
            }

            if (field == Fields.ContentType)
            {
                type = header.Value;
            }

            // The first of a name counts in JSON: it must not come twice (RFC 5322, 3.6).
            int bit = 1 << Array.IndexOf(Fields.All, field);
            if (sink.WantsHidden || (seen & bit) == 0)
            {
                seen |= bit;
                sink.Text(field, header.Value, at + header.ValueOffset, header.Value.Length);
            }
        }

        return header.End;
    }

    // The mails among the parts of a body (RFC 2046, 5.2.1), each with those in it; a part without its end is none.
    private static void DescribeMails(ReadOnlySpan<byte> body, int at, ReadOnlySpan<byte> type, int depth, ref int count, IFieldSink sink)
    {
        if (depth == MaxMailDepth || BoundaryOf(type) is not { IsEmpty: false } boundary)
        {
            return;
        }

        int start = NextDelimiter(body, 0, boundary, out int first, out bool isLast);
        while (start >= 0 && !isLast && count < MaxParts)
        {
            start = NextDelimiter(body, first, boundary, out int next, out isLast);
            if (start >= 0)
            {
                count++;
                DescribeMail(body[first..start], at + first, depth, ref count, sink);
            }

            first = next;
        }
    }

    // A part that is a mail, or has parts itself; what is coded is none of them.
    private static void DescribeMail(ReadOnlySpan<byte> part, int at, int depth, ref int count, IFieldSink sink)
    {
        ReadOnlySpan<byte> type = default;
        bool isCoded = false;
        var header = new MailHeader(part);
        while (header.MoveNext())
        {
            if (AsciiText.Same(header.Name, "Content-Type"u8))
            {
                type = header.Value.TrimStart(" \t\r\n"u8);
            }
            else if (AsciiText.Same(header.Name, "Content-Transfer-Encoding"u8))
            {
                isCoded = AsciiText.Begins(header.Value, "base64"u8) || AsciiText.Begins(header.Value, "quoted-printable"u8);
            }
        }

        int body = header.End;
        if (!isCoded && AsciiText.Same(AsciiText.First(type, "; \t\r\n"u8), "message/rfc822"u8))
        {
            body += DescribeHeader(part[body..], at + body, sink, out type);
        }

        DescribeMails(part[body..], at + body, type, depth + 1, ref count, sink);
    }

    private static Field? FieldOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => AsciiText.Same(name, "To"u8) ? Fields.To : AsciiText.Same(name, "Cc"u8) ? Fields.Cc : null,
        4 => AsciiText.Same(name, "From"u8) ? Fields.From : AsciiText.Same(name, "Date"u8) ? Fields.Date : null,
        6 => AsciiText.Same(name, "Sender"u8) ? Fields.Sender : null,
        7 => AsciiText.Same(name, "Subject"u8) ? Fields.Subject : null,
        8 => AsciiText.Same(name, "Reply-To"u8) ? Fields.ReplyTo : null,
        10 => AsciiText.Same(name, "Message-ID"u8) ? Fields.MessageId : AsciiText.Same(name, "References"u8) ? Fields.References : null,
        11 => AsciiText.Same(name, "In-Reply-To"u8) ? Fields.InReplyTo : AsciiText.Same(name, "Return-Path"u8) ? Fields.ReturnPath : null,
        12 => AsciiText.Same(name, "Content-Type"u8) ? Fields.ContentType : AsciiText.Same(name, "MIME-Version"u8) ? Fields.MimeVersion : null,
        25 => AsciiText.Same(name, "Content-Transfer-Encoding"u8) ? Fields.TransferEncoding : null,
        _ => null,
    };

    // RFC 2046, 5.1.1: boundary=simple, or boundary="with blanks".
    private static ReadOnlySpan<byte> BoundaryOf(ReadOnlySpan<byte> type)
    {
        if (!AsciiText.Begins(type, "multipart/"u8))
        {
            return default;
        }

        ReadOnlySpan<byte> key = "boundary="u8;
        int at = 0;
        while (at + key.Length < type.Length && !AsciiText.Same(type.Slice(at, key.Length), key))
        {
            at++;
        }

        if (at + key.Length >= type.Length)
        {
            return default;
        }

        ReadOnlySpan<byte> value = type[(at + key.Length)..];
        value = value[0] == (byte)'"' ? AsciiText.First(value[1..], "\""u8) : AsciiText.First(value, "; \t\r\n"u8);
        return value.Length <= MaxBoundary ? value : default;
    }

    private static void DescribeParts(ReadOnlySpan<byte> body, int at, ReadOnlySpan<byte> boundary, int depth, ref int count, IFieldSink sink)
    {
        int start = NextDelimiter(body, 0, boundary, out int first, out bool isLast);
        while (start >= 0 && !isLast && count < MaxParts)
        {
            int end = NextDelimiter(body, first, boundary, out int next, out isLast);
            DescribePart(body[first..(end < 0 ? body.Length : end)], at + first, depth, ref count, sink);
            (start, first) = (end, next);
        }
    }

    private static void DescribePart(ReadOnlySpan<byte> part, int at, int depth, ref int count, IFieldSink sink)
    {
        count++;
        ReadOnlySpan<byte> type = default;
        int seen = 0;
        sink.BeginItem();
        var header = new MailHeader(part);
        while (header.MoveNext())
        {
            (Field? field, int bit) = header.Name.Length switch
            {
                12 when AsciiText.Same(header.Name, "Content-Type"u8) => (Fields.PartType, 1),
                19 when AsciiText.Same(header.Name, "Content-Disposition"u8) => (Fields.PartDisposition, 2),
                25 when AsciiText.Same(header.Name, "Content-Transfer-Encoding"u8) => (Fields.PartEncoding, 4),
                _ => (null, 0),
            };
            if (field is not null && (seen & bit) == 0)
            {
                seen |= bit;
                type = bit == 1 ? header.Value : type;
                sink.Text(field, header.Value, at + header.ValueOffset, header.Value.Length);
            }
        }

        sink.Number(Fields.PartBytes, part.Length - header.End, at + header.End, part.Length - header.End);
        sink.EndItem();
        if (depth < MaxDepth && BoundaryOf(type) is { IsEmpty: false } boundary)
        {
            DescribeParts(part[header.End..], at + header.End, boundary, depth + 1, ref count, sink);
        }
    }

    // A line that is two dashes and the boundary, and two more behind the last part. Returns where it begins, -1 if there is none.
    private static int NextDelimiter(ReadOnlySpan<byte> body, int from, ReadOnlySpan<byte> boundary, out int behind, out bool isLast)
    {
        (behind, isLast) = (body.Length, false);
        int at = from;
        while (at < body.Length)
        {
            int found = body[at..].IndexOf(boundary);
            if (found < 0)
            {
                return -1;
            }

            int start = at + found - 2;
            at += found + boundary.Length;
            if (start >= from && body.Slice(start, 2).SequenceEqual("--"u8) && (start == 0 || body[start - 1] == (byte)'\n'))
            {
                isLast = body[at..].StartsWith("--"u8);
                int line = body[at..].IndexOf((byte)'\n');
                behind = line < 0 ? body.Length : at + line + 1;
                return start;
            }
        }

        return -1;
    }
}
