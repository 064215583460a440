using System.Globalization;
using NetLab.Osi.Application.Mail;
using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>IMAP (RFC 9051): tagged commands, literals passed over, TLS after STARTTLS.</summary>
internal sealed class ImapProtocol(StreamApplication application) : StreamProtocol
{
    private static readonly DialogFields Fields = new("imap.request.command", null, argument: "imap.request", tag: "imap.request_tag");

    public static readonly StreamedProtocol Value = new(
        "imap", OsiLayer.Application, "Internet Message Access Protocol", Fields.All, static (in StreamStart start) => new ImapProtocol(start.Application));

    private string? _tlsTag;

    protected override StreamParser Make(bool fromClient) => fromClient ? new Commands(this) : new Replies(this, application);

    // RFC 9051, 4.3: a line that ends with {N} or {N+} is followed by N bytes that are no lines.
    private static long LiteralOf(ReadOnlySpan<byte> line)
    {
        int open = line.EndsWith("}"u8) ? line.LastIndexOf((byte)'{') : -1;
        return open >= 0 && long.TryParse(line[(open + 1)..^1].TrimEnd((byte)'+'), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : 0;
    }

    private sealed class ImapDetail() : DialogDetail(Fields);

    private sealed class Commands(ImapProtocol protocol) : LineParser
    {
        private bool _continues;
        private bool _wasLiteral;

        public override Protocol Protocol => ImapProtocol.Value;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> tag = AsciiText.First(line, " "u8);
            bool isTagged = !_continues && tag.Length < line.Length;
            RawLeft = LiteralOf(line);
            _continues = RawLeft > 0;
            if (!isTagged)
            {
                // What goes on with a command, of one word: an answer of AUTHENTICATE.
                if (!tag.IsEmpty && !_wasLiteral)
                {
                    segment.Layer(Value, static () => new ImapDetail()).More.Add(Fields.Tag, tag);
                }

                _wasLiteral = _continues;
                return;
            }

            _wasLiteral = _continues;

            ReadOnlySpan<byte> command = AsciiText.First(line[(tag.Length + 1)..], " "u8);
            if (AsciiText.Same(command, "UID"u8))
            {
                // RFC 9051, 6.4.9: the command that it modifies says more.
                command = AsciiText.First(line[Math.Min(line.Length, tag.Length + 5)..].TrimStart((byte)' '), " "u8);
            }

            ImapDetail detail = segment.Layer(Value, static () => new ImapDetail());
            detail.Commands.Add(AsciiText.Text(command));
            detail.More.Add(Fields.Tag, tag);
            detail.More.Add(Fields.Argument, line);
            protocol._tlsTag = AsciiText.Same(command, "STARTTLS"u8) ? AsciiText.Text(tag) : null;
        }
    }

    private sealed class Replies(ImapProtocol protocol, StreamApplication application) : LineParser
    {
        public override Protocol Protocol => ImapProtocol.Value;

        private readonly MailCollector _mail = new();
        private bool _isMail;
        private bool _isWhole;

        public override bool HoldsBytes => _mail.HoldsBytes;

        public override void GiveUp()
        {
            _mail.Forget();
            _isWhole = false;
        }

        public override void OnEnd(in StreamSegment segment) => ShowMail(segment);

        // RFC 9051, 7.5.2: the literal behind BODY[], BODY[HEADER] or RFC822 is a mail, or its header.
        protected override void AcceptRaw(in StreamSegment segment, ReadOnlySpan<byte> bytes, bool isLast)
        {
            if (!_isMail)
            {
                return;
            }

            _mail.Append(segment, bytes);
            _isWhole = isLast;
        }

        // The response that the mail is a part of ends with the line behind it.
        private void ShowMail(in StreamSegment segment)
        {
            if (_isWhole)
            {
                _isWhole = false;
                segment.Show(Value);
                _mail.End(segment);
            }
        }

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            ShowMail(segment);
            RawLeft = LiteralOf(line);
            _isMail = RawLeft > 0 && line.StartsWith("* "u8) && AsciiText.Text(line) is { } text && text.Contains(" FETCH ", StringComparison.OrdinalIgnoreCase)
                && (text.Contains("BODY[] ", StringComparison.OrdinalIgnoreCase) || text.Contains("RFC822", StringComparison.OrdinalIgnoreCase) || text.Contains("BODY[HEADER", StringComparison.OrdinalIgnoreCase));
            if (protocol._tlsTag is { } tag && AsciiText.Text(line).StartsWith(tag + " OK", StringComparison.OrdinalIgnoreCase))
            {
                segment.Part(Value);
                application.Switch(new TlsProtocol(application, mayResume: false));
            }
        }
    }
}
