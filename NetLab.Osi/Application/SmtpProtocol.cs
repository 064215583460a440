using System.Globalization;
using NetLab.Osi.Application.Mail;
using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>SMTP (RFC 5321) with BDAT (RFC 3030), AUTH (RFC 4954) and STARTTLS (RFC 3207).</summary>
internal sealed class SmtpProtocol(StreamApplication application) : StreamProtocol
{
    private static readonly DialogFields Fields = new("smtp.req.command", "smtp.response.code", argument: "smtp.req.parameter");

    public static readonly StreamedProtocol Value = new(
        "smtp", OsiLayer.Application, "Simple Mail Transfer Protocol", Fields.All, static (in StreamStart start) => new SmtpProtocol(start.Application));

    // RFC 5321, 4.1.1: a command is a verb of four letters; longer ones, as Wireshark does, are known by their first four.
    private const int VerbLength = 4;

    private Mode _mode;
    private bool _wantsTls;
    private bool _wantsAuthentication;

    private enum Mode
    {
        Commands,
        DataAsked,
        Message,
        Authentication,
    }

    protected override StreamParser Make(bool fromClient) => fromClient
        ? new Commands(this)
        : new ReplyParser<SmtpDetail>(Value, OnReply, static () => new SmtpDetail());

    private void OnReply(in StreamSegment segment, int code)
    {
        if (_wantsTls && code is >= 200 and < 300)
        {
            application.Switch(new TlsProtocol(application, mayResume: false));
        }

        _mode = (_mode, code) switch
        {
            (Mode.DataAsked, 354) => Mode.Message,

            // RFC 2920: answers to commands before DATA in the same packet come first; a refusal of DATA is a 4xx or 5xx.
            (Mode.DataAsked, < 400) or (Mode.Message, _) => _mode,
            _ when _wantsAuthentication && code == 334 => Mode.Authentication,
            _ => Mode.Commands,
        };
        _wantsTls = false;
        _wantsAuthentication &= code == 334;
    }

    internal sealed class SmtpDetail() : DialogDetail(Fields);

    private sealed class Commands(SmtpProtocol protocol) : LineParser
    {
        private readonly MailCollector _mail = new();
        private bool _isLastChunk;

        public override bool HoldsBytes => _mail.HoldsBytes;

        public override void GiveUp() => _mail.Forget();

        // RFC 3030: a mail in chunks.
        protected override void AcceptRaw(in StreamSegment segment, ReadOnlySpan<byte> bytes, bool isLast)
        {
            _mail.Append(segment, bytes);
            if (isLast && _isLastChunk)
            {
                segment.Show(Value);
                _mail.End(segment);
            }
        }

        public override Protocol Protocol => SmtpProtocol.Value;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            if (protocol._mode is Mode.Message)
            {
                // RFC 5321, 4.1.1.4: a line with a single dot ends the message.
                if (!line.SequenceEqual("."u8))
                {
                    // 4.5.2: of a line that begins with a dot, the first one was put there.
                    _mail.Line(segment, line.StartsWith("."u8) ? line[1..] : line);
                    return;
                }

                protocol._mode = Mode.Commands;
                segment.Show(Value);
                _mail.End(segment);
                return;
            }

            ReadOnlySpan<byte> word = AsciiText.First(line, " "u8);
            if (protocol._mode == Mode.Authentication || word.IsEmpty)
            {
                return;
            }

            SmtpDetail detail = segment.Layer(Value, static () => new SmtpDetail());
            detail.Commands.Add(AsciiText.Text(line[..Math.Min(VerbLength, word.Length)]));
            if (VerbLength + 1 < line.Length)
            {
                detail.More.Add(Fields.Argument, line[(VerbLength + 1)..]);
            }

            protocol._wantsTls = AsciiText.Same(word, "STARTTLS"u8);
            protocol._wantsAuthentication |= AsciiText.Same(word, "AUTH"u8);
            if (AsciiText.Same(word, "DATA"u8))
            {
                protocol._mode = Mode.DataAsked;
            }
            else if (AsciiText.Same(word, "BDAT"u8))
            {
                string size = AsciiText.Text(AsciiText.First(line[Math.Min(line.Length, word.Length + 1)..], " "u8));
                RawLeft = long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;
                _isLastChunk = line.EndsWith("LAST"u8) || line.EndsWith("last"u8);
                if (RawLeft == 0 && _isLastChunk)
                {
                    // RFC 3030, 4.2: the last chunk may be empty.
                    _mail.End(segment);
                }
            }
        }
    }
}
