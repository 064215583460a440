using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>The control connection of FTP (RFC 959), TLS after AUTH (RFC 4217).</summary>
internal sealed class FtpProtocol(StreamApplication application) : StreamProtocol
{
    private static readonly DialogFields Fields = new("ftp.request.command", "ftp.response.code", argument: "ftp.request.arg");

    public static readonly StreamedProtocol Value = new(
        "ftp", OsiLayer.Application, "File Transfer Protocol", Fields.All, static (in StreamStart start) => new FtpProtocol(start.Application));

    private bool _wantsTls;

    protected override StreamParser Make(bool fromClient) => fromClient
        ? new Commands(this)
        : new ReplyParser<FtpDetail>(Value, OnReply, static () => new FtpDetail());

    private void OnReply(in StreamSegment segment, int code)
    {
        if (_wantsTls && code is >= 200 and < 400)
        {
            application.Switch(new TlsProtocol(application, mayResume: false));
        }

        _wantsTls = false;
    }

    internal sealed class FtpDetail() : DialogDetail(Fields);

    private sealed class Commands(FtpProtocol protocol) : LineParser
    {
        public override Protocol Protocol => FtpProtocol.Value;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> command = AsciiText.First(line, " "u8);
            if (command.IsEmpty)
            {
                return;
            }

            FtpDetail detail = segment.Layer(Value, static () => new FtpDetail());
            detail.Commands.Add(AsciiText.Text(command));
            if (command.Length + 1 < line.Length)
            {
                detail.More.Add(Fields.Argument, line[(command.Length + 1)..]);
            }

            protocol._wantsTls = AsciiText.Same(command, "AUTH"u8);
        }
    }
}
