using System.Globalization;
using NetLab.Osi.Layers;
using NetLab.Osi.Presentation;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Application;

/// <summary>SMTP (RFC 5321) with BDAT (RFC 3030), AUTH (RFC 4954) and STARTTLS (RFC 3207).</summary>
internal sealed class SmtpProtocol(StreamApplication application) : StreamProtocol
{
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
        : new ReplyParser<SmtpDetail>(ProtocolId.Smtp, OnReply, static () => new SmtpDetail());

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

    internal sealed class SmtpDetail : DialogDetail;

    private sealed class Commands(SmtpProtocol protocol) : LineParser
    {
        public override ProtocolId Protocol => ProtocolId.Smtp;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            if (protocol._mode is Mode.Message)
            {
                // RFC 5321, 4.1.1.4: a line with a single dot ends the message.
                protocol._mode = line.SequenceEqual("."u8) ? Mode.Commands : Mode.Message;
                return;
            }

            ReadOnlySpan<byte> word = Words.First(line, " "u8);
            if (protocol._mode == Mode.Authentication || word.IsEmpty)
            {
                return;
            }

            segment.Layer(ProtocolId.Smtp, OsiLayer.Application, static () => new SmtpDetail()).Commands.Add(Words.Text(line[..Math.Min(VerbLength, word.Length)]));
            protocol._wantsTls = Words.Same(word, "STARTTLS"u8);
            protocol._wantsAuthentication |= Words.Same(word, "AUTH"u8);
            if (Words.Same(word, "DATA"u8))
            {
                protocol._mode = Mode.DataAsked;
            }
            else if (Words.Same(word, "BDAT"u8))
            {
                string size = Words.Text(Words.First(line[Math.Min(line.Length, word.Length + 1)..], " "u8));
                RawLeft = long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;
            }
        }
    }
}
