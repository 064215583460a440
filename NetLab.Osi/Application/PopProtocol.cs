using NetLab.Osi.Layers;
using NetLab.Osi.Presentation;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Application;

/// <summary>POP3 (RFC 1939), TLS after STLS (RFC 2595).</summary>
internal sealed class PopProtocol(StreamApplication application) : StreamProtocol
{
    private bool _wantsTls;

    protected override StreamParser Make(bool fromClient) => fromClient ? new Commands(this) : new Replies(this, application);

    private sealed class PopDetail : DialogDetail;

    private sealed class Commands(PopProtocol protocol) : LineParser
    {
        public override ProtocolId Protocol => ProtocolId.Pop;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> command = Words.First(line, " "u8);
            if (!command.IsEmpty)
            {
                segment.Layer(ProtocolId.Pop, OsiLayer.Application, static () => new PopDetail()).Commands.Add(Words.Text(command));
                protocol._wantsTls = Words.Same(command, "STLS"u8);
            }
        }
    }

    private sealed class Replies(PopProtocol protocol, StreamApplication application) : LineParser
    {
        public override ProtocolId Protocol => ProtocolId.Pop;

        // RFC 1939, 3: the lines between a status and the dot that ends a listing have no status, and what begins like one
        // is the text of a message.
        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> status = Words.First(line, " "u8);
            if (!status.SequenceEqual("+OK"u8) && !status.SequenceEqual("-ERR"u8))
            {
                return;
            }

            segment.Layer(ProtocolId.Pop, OsiLayer.Application, static () => new PopDetail()).Status.Add(Words.Text(status));
            if (protocol._wantsTls && status[0] == (byte)'+')
            {
                application.Switch(new TlsProtocol(application, mayResume: false));
            }

            protocol._wantsTls = false;
        }
    }
}
