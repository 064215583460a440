using System.Buffers.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application.Chat;

/// <summary>IRC (RFC 1459, RFC 2812): messages in lines.</summary>
internal sealed class IrcProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "irc", OsiLayer.Application, "Internet Relay Chat", Fields.All, static (in StreamStart start) => new IrcProtocol());

    private static class Fields
    {
        public static readonly Field Messages = Field.Group("messages", "Messages");
        public static readonly Field Request = Field.Text(null, "irc.request", about: "A message of the client");
        public static readonly Field RequestPrefix = Field.Text("prefix", "irc.request.prefix", about: "Where it comes from");
        public static readonly Field RequestCommand = Field.Text("command", "irc.request.command", about: "Command", summary: true);
        public static readonly Field RequestParameter = Field.Text("parameters", "irc.request.command_parameter", about: "Parameters");
        public static readonly Field RequestTrailer = Field.Text("text", "irc.request.trailer", about: "Last parameter, which may have blanks");
        public static readonly Field Response = Field.Text(null, "irc.response", about: "A message of the server");
        public static readonly Field ResponsePrefix = Field.Text("prefix", "irc.response.prefix", about: "Where it comes from");
        public static readonly Field ResponseCommand = Field.Text("command", "irc.response.command", about: "Command", summary: true);
        public static readonly Field ResponseNumber = Field.Number("number", "irc.response.num_command", about: "Command as a number", summary: true);
        public static readonly Field ResponseParameter = Field.Text("parameters", "irc.response.command_parameter", about: "Parameters");
        public static readonly Field ResponseTrailer = Field.Text("text", "irc.response.trailer", about: "Last parameter, which may have blanks");

        public static readonly Field[] All =
        [
            Messages, Request, RequestPrefix, RequestCommand, RequestParameter, RequestTrailer,
            Response, ResponsePrefix, ResponseCommand, ResponseNumber, ResponseParameter, ResponseTrailer,
        ];
    }

    protected override StreamParser Make(bool fromClient) => new Parser(fromClient);

    private sealed class Parser(bool fromClient) : LineParser
    {
        public override Protocol Protocol => Value;

        // RFC 2812, 2.3.1: [:prefix] command parameters [:last parameter]
        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            line = line.TrimEnd((byte)'\r').TrimStart((byte)' ');
            if (line.IsEmpty)
            {
                return;
            }

            FieldValues message = segment.Message(Value, Fields.Messages);
            message.Add(fromClient ? Fields.Request : Fields.Response, line);
            if (line[0] == (byte)':')
            {
                ReadOnlySpan<byte> prefix = AsciiText.First(line[1..], " "u8);
                message.Add(fromClient ? Fields.RequestPrefix : Fields.ResponsePrefix, prefix);
                line = line[Math.Min(line.Length, prefix.Length + 1)..].TrimStart((byte)' ');
            }

            ReadOnlySpan<byte> command = AsciiText.First(line, " "u8);
            if (!fromClient && command.Length == 3 && Utf8Parser.TryParse(command, out ushort number, out int used) && used == 3)
            {
                message.Add(Fields.ResponseNumber, number);
                message.Add(Fields.ResponseCommand, command.TrimStart((byte)'0'));
            }
            else if (!command.IsEmpty)
            {
                message.Add(fromClient ? Fields.RequestCommand : Fields.ResponseCommand, command);
            }

            AddParameters(message, line[command.Length..]);
        }

        private void AddParameters(FieldValues message, ReadOnlySpan<byte> rest)
        {
            while (!(rest = rest.TrimStart((byte)' ')).IsEmpty)
            {
                if (rest[0] == (byte)':')
                {
                    message.Add(fromClient ? Fields.RequestTrailer : Fields.ResponseTrailer, rest[1..]);
                    return;
                }

                ReadOnlySpan<byte> word = AsciiText.First(rest, " "u8);
                message.Add(fromClient ? Fields.RequestParameter : Fields.ResponseParameter, word);
                rest = rest[word.Length..];
            }
        }
    }
}
