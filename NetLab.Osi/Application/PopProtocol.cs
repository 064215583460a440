using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>POP3 (RFC 1939), TLS after STLS (RFC 2595).</summary>
internal sealed class PopProtocol(StreamApplication application) : StreamProtocol
{
    private static readonly DialogFields Fields = new("pop.request.command", null, "pop.response.indicator");

    public static readonly StreamedProtocol Value = new(
        "pop", OsiLayer.Application, "Post Office Protocol", Fields.All, static (in StreamStart start) => new PopProtocol(start.Application));

    private bool _wantsTls;

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
                segment.Layer(Value, static () => new PopDetail()).Commands.Add(AsciiText.Text(command));
                protocol._wantsTls = AsciiText.Same(command, "STLS"u8);
            }
        }
    }

    private sealed class Replies(PopProtocol protocol, StreamApplication application) : LineParser
    {
        public override Protocol Protocol => PopProtocol.Value;

        // RFC 1939, 3: the lines between a status and the dot that ends a listing have no status, and what begins like one
        // is the text of a message.
        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> status = AsciiText.First(line, " "u8);
            if (!status.SequenceEqual("+OK"u8) && !status.SequenceEqual("-ERR"u8))
            {
                return;
            }

            segment.Layer(Value, static () => new PopDetail()).Status.Add(AsciiText.Text(status));
            if (protocol._wantsTls && status[0] == (byte)'+')
            {
                application.Switch(new TlsProtocol(application, mayResume: false));
            }

            protocol._wantsTls = false;
        }
    }
}
