using NetLab.Osi.Layers;
using NetLab.Osi.Presentation;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Application;

/// <summary>The control connection of FTP (RFC 959), TLS after AUTH (RFC 4217).</summary>
internal sealed class FtpProtocol(StreamApplication application) : StreamProtocol
{
    private bool _wantsTls;

    protected override StreamParser Make(bool fromClient) => fromClient
        ? new Commands(this)
        : new ReplyParser<FtpDetail>(ProtocolId.Ftp, OnReply, static () => new FtpDetail());

    private void OnReply(in StreamSegment segment, int code)
    {
        if (_wantsTls && code is >= 200 and < 400)
        {
            application.Switch(new TlsProtocol(application, mayResume: false));
        }

        _wantsTls = false;
    }

    internal sealed class FtpDetail : DialogDetail;

    private sealed class Commands(FtpProtocol protocol) : LineParser
    {
        public override ProtocolId Protocol => ProtocolId.Ftp;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> command = Words.First(line, " "u8);
            if (command.IsEmpty)
            {
                return;
            }

            segment.Layer(ProtocolId.Ftp, OsiLayer.Application, static () => new FtpDetail()).Commands.Add(Words.Text(command));
            protocol._wantsTls = Words.Same(command, "AUTH"u8);
        }
    }
}
