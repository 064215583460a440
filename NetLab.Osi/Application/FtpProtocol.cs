using System.Net;
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

    private FtpTransfer _transfer = new();

    protected override StreamParser Make(bool fromClient) => fromClient
        ? new Commands(this)
        : new ReplyParser<FtpDetail>(Value, OnReply, static () => new FtpDetail(), OnFirstLine);

    // 227 Entering Passive Mode (192,0,2,1,4,1) and 229 Entering Extended Passive Mode (|||1025|): the server waits there.
    private void OnFirstLine(in StreamSegment segment, int code, ReadOnlySpan<byte> line)
    {
        int open = line.IndexOf((byte)'(');
        IPEndPoint? end = (code, open) switch
        {
            (227, >= 0) => FtpAddress.Six(line[(open + 1)..]),
            (229, >= 0) => FtpAddress.Extended(line[(open + 1)..], (segment.FromClient ? segment.Stream.Client : segment.Stream.Server).Address),
            _ => null,
        };
        Announce(segment, end);
    }

    private void Announce(in StreamSegment segment, IPEndPoint? end)
    {
        if (end is null)
        {
            return;
        }

        // The command that says which file comes later.
        FtpTransfer transfer = _transfer = new FtpTransfer();
        segment.Recall(ExpectedStreams.Slot).Add(end.Address, end.Port, (in StreamStart _) => new FtpDataProtocol(transfer));
    }

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
            ReadOnlySpan<byte> argument = line[Math.Min(line.Length, command.Length + 1)..];
            if (AsciiText.Same(command, "PORT"u8))
            {
                protocol.Announce(segment, FtpAddress.Six(argument));
            }
            else if (AsciiText.Same(command, "EPRT"u8))
            {
                protocol.Announce(segment, FtpAddress.Extended(argument, (segment.FromClient ? segment.Stream.Client : segment.Stream.Server).Address));
            }
            else if (AsciiText.Same(command, "RETR"u8) || AsciiText.Same(command, "STOR"u8) || AsciiText.Same(command, "APPE"u8) || AsciiText.Same(command, "STOU"u8))
            {
                protocol._transfer.Name = AsciiText.Text(argument);
            }
        }
    }
}
