using NetLab.Osi.Application.Mail;
using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>POP3 (RFC 1939), TLS after STLS (RFC 2595).</summary>
internal sealed class PopProtocol(StreamApplication application) : StreamProtocol
{
    private static readonly DialogFields Fields = new("pop.request.command", null, "pop.response.indicator", argument: "pop.request.parameter");

    public static readonly StreamedProtocol Value = new(
        "pop", OsiLayer.Application, "Post Office Protocol", Fields.All, static (in StreamStart start) => new PopProtocol(start.Application));

    private bool _wantsTls;
    private bool _wantsMail;

    protected override StreamParser Make(bool fromClient) => fromClient ? new Commands(this) : new Replies(this, application);

    private sealed class PopDetail() : DialogDetail(Fields);

    private sealed class Commands(PopProtocol protocol) : LineParser
    {
        public override Protocol Protocol => PopProtocol.Value;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> command = AsciiText.First(line, " "u8);
            if (!command.IsEmpty)
            {
                PopDetail detail = segment.Layer(Value, static () => new PopDetail());
                detail.Commands.Add(AsciiText.Text(command));
                if (command.Length + 1 < line.Length)
                {
                    detail.More.Add(Fields.Argument, line[(command.Length + 1)..]);
                }

                protocol._wantsMail = AsciiText.Same(command, "RETR"u8) || AsciiText.Same(command, "TOP"u8);
                protocol._wantsTls = AsciiText.Same(command, "STLS"u8);
            }
        }
    }

    private sealed class Replies(PopProtocol protocol, StreamApplication application) : LineParser
    {
        private readonly MailCollector _mail = new();
        private bool _isMail;

        public override bool HoldsBytes => _mail.HoldsBytes;

        public override void GiveUp() => _mail.Forget();

        public override Protocol Protocol => PopProtocol.Value;

        // RFC 1939, 3: the lines between a status and the dot that ends a listing have no status, and what begins like one
        // is the text of a message.
        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            if (_isMail)
            {
                // 3: a line with a single dot ends it; of one that begins with a dot, the first was put there.
                _isMail = !line.SequenceEqual("."u8);
                if (_isMail)
                {
                    _mail.Line(segment, line.StartsWith("."u8) ? line[1..] : line);
                }
                else
                {
                    segment.Show(Value);
                    _mail.End(segment);
                }

                return;
            }

            ReadOnlySpan<byte> status = AsciiText.First(line, " "u8);
            if (!status.SequenceEqual("+OK"u8) && !status.SequenceEqual("-ERR"u8))
            {
                return;
            }

            segment.Layer(Value, static () => new PopDetail()).Status.Add(AsciiText.Text(status));
            _isMail = protocol._wantsMail && status[0] == (byte)'+';
            protocol._wantsMail = false;
            if (protocol._wantsTls && status[0] == (byte)'+')
            {
                application.Switch(new TlsProtocol(application, mayResume: false));
            }

            protocol._wantsTls = false;
        }
    }
}
