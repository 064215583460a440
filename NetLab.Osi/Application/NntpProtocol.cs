using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>NNTP (RFC 3977): commands, replies, and articles passed over.</summary>
internal sealed class NntpProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "nntp", OsiLayer.Application, "Network News Transfer Protocol", Fields.All, static (in StreamStart start) => new NntpProtocol());

    private static class Fields
    {
        public static readonly Field Lines = Field.Group("messages", "Commands and replies");
        public static readonly Field Request = Field.Flag(null, "nntp.request", about: "It is a command");
        public static readonly Field Response = Field.Flag(null, "nntp.response", about: "It is a reply");
        public static readonly Field Command = Field.Text("command", about: "Command", summary: true);
        public static readonly Field Code = Field.Number("code", about: "Code of the reply", summary: true);

        public static readonly Field[] All = [Lines, Request, Response, Command, Code];
    }

    protected override StreamParser Make(bool fromClient) => new Parser(fromClient);

    private sealed class Parser(bool fromClient) : LineParser
    {
        private bool _isBlock;
        private long _packet = -1;

        public override Protocol Protocol => Value;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            // 3.1.1: a block of lines ends with a single dot. Whoever looks at packets asks once for each.
            bool isFirst = _packet != segment.PacketNumber;
            _packet = segment.PacketNumber;
            if (_isBlock)
            {
                _isBlock = !line.SequenceEqual("."u8);
                if (isFirst)
                {
                    segment.Message(Value, Fields.Lines).Add(fromClient ? Fields.Request : Fields.Response, true);
                }

                return;
            }

            FieldValues? message = null;
            if (isFirst)
            {
                message = segment.Message(Value, Fields.Lines);
                message.Add(fromClient ? Fields.Request : Fields.Response, true);
            }

            if (line.IsEmpty)
            {
                return;
            }

            message ??= segment.Message(Value, Fields.Lines);
            if (fromClient)
            {
                message.Add(Fields.Command, AsciiText.First(line, " "u8));
            }
            else if (AsciiText.ReplyCode(line) is { } code)
            {
                message.Add(Fields.Code, code);

                // 3.2: these have a block behind them.
                _isBlock = code is 100 or 101 or 215 or 220 or 221 or 222 or 224 or 225 or 230 or 231 or 282;
            }
        }
    }
}
