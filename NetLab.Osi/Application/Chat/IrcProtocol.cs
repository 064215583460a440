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

    // What JSON, tree and summary show is whole lines. Wireshark does not put together a line that two segments share, and takes
    // each part for a message: filters and columns follow it.
    private static class Fields
    {
        public static readonly Field Messages = Field.Group("messages", "Messages");
        public static readonly Field Prefix = Field.Text("prefix", about: "Where it comes from");
        public static readonly Field Command = Field.Text("command", about: "Command", summary: true);
        public static readonly Field Number = Field.Number("number", about: "Command as a number", summary: true, width: 2);
        public static readonly Field Parameter = Field.Text("parameters", about: "Parameters");
        public static readonly Field Trailer = Field.Text("text", about: "Last parameter, which may have blanks");
        public static readonly Field Request = Field.Text(null, "irc.request", about: "A message of the client");
        public static readonly Field RequestPrefix = Field.Text(null, "irc.request.prefix", about: "Where it comes from");
        public static readonly Field RequestCommand = Field.Text(null, "irc.request.command", about: "Command");
        public static readonly Field RequestParameter = Field.Text(null, "irc.request.command_parameter", about: "Parameters");
        public static readonly Field RequestTrailer = Field.Text(null, "irc.request.trailer", about: "Last parameter, which may have blanks");
        public static readonly Field Response = Field.Text(null, "irc.response", about: "A message of the server");
        public static readonly Field ResponsePrefix = Field.Text(null, "irc.response.prefix", about: "Where it comes from");
        public static readonly Field ResponseCommand = Field.Text(null, "irc.response.command", about: "Command");
        public static readonly Field ResponseNumber = Field.Number(null, "irc.response.num_command", about: "Command as a number", width: 2);
        public static readonly Field ResponseParameter = Field.Text(null, "irc.response.command_parameter", about: "Parameters");
        public static readonly Field ResponseTrailer = Field.Text(null, "irc.response.trailer", about: "Last parameter, which may have blanks");

        public static readonly Field[] All =
        [
            Messages, Prefix, Command, Number, Parameter, Trailer, Request, RequestPrefix, RequestCommand, RequestParameter, RequestTrailer,
            Response, ResponsePrefix, ResponseCommand, ResponseNumber, ResponseParameter, ResponseTrailer,
        ];

        public static readonly Names Shown = new(null, Prefix, Command, Number, Parameter, Trailer);
        public static readonly Names OfRequest = new(Request, RequestPrefix, RequestCommand, null, RequestParameter, RequestTrailer);
        public static readonly Names OfResponse = new(Response, ResponsePrefix, ResponseCommand, ResponseNumber, ResponseParameter, ResponseTrailer);
    }

    protected override StreamParser Make(bool fromClient) => new Parser(fromClient);

    // RFC 2812, 2.3.1: [:prefix] command parameters [:last parameter]
    private static void Read(ReadOnlySpan<byte> line, Names names, bool fromClient, FieldValues message)
    {
        if (names.Whole is { } whole)
        {
            message.Add(whole, line);
        }

        if (line[0] == (byte)':')
        {
            ReadOnlySpan<byte> prefix = AsciiText.First(line[1..], " "u8);
            message.Add(names.Prefix, prefix);
            line = line[Math.Min(line.Length, prefix.Length + 1)..].TrimStart((byte)' ');
        }

        ReadOnlySpan<byte> command = AsciiText.First(line, " "u8);
        if (!fromClient && names.Number is { } numeric && command.Length == 3 && Utf8Parser.TryParse(command, out ushort number, out int used) && used == 3)
        {
            message.Add(numeric, number);
            message.Add(names.Command, command.TrimStart((byte)'0'));
        }
        else if (!command.IsEmpty)
        {
            message.Add(names.Command, command);
        }

        ReadOnlySpan<byte> rest = line[command.Length..];
        while (!(rest = rest.TrimStart((byte)' ')).IsEmpty)
        {
            if (rest[0] == (byte)':')
            {
                message.Add(names.Trailer, rest[1..]);
                return;
            }

            ReadOnlySpan<byte> word = AsciiText.First(rest, " "u8);
            message.Add(names.Parameter, word);
            rest = rest[word.Length..];
        }
    }

    /// <summary>The fields of a message.</summary>
    private sealed record Names(Field? Whole, Field Prefix, Field Command, Field? Number, Field Parameter, Field Trailer);

    private sealed class Parser(bool fromClient) : LineParser
    {
        // Bytes at the end of what was given last: they come again, before new ones.
        private int _left;

        public override Protocol Protocol => Value;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            ReadBySegment(segment, bytes[Math.Min(_left, bytes.Length)..]);
            int taken = base.Parse(segment, bytes);
            _left = bytes.Length - Math.Max(0, taken);
            return taken;
        }

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            line = line.TrimEnd((byte)'\r').TrimStart((byte)' ');
            if (!line.IsEmpty)
            {
                Read(line, Fields.Shown, fromClient, segment.Message(Value, Fields.Messages));
            }
        }

        private void ReadBySegment(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                int end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
                ReadOnlySpan<byte> line = (end < 0 ? bytes : bytes[..end]).TrimStart((byte)' ');
                if (!line.IsEmpty)
                {
                    Read(line, fromClient ? Fields.OfRequest : Fields.OfResponse, fromClient, segment.MessagesOf(Value, Fields.Messages).Hidden);
                }

                bytes = end < 0 ? default : bytes[(end + 1)..];
            }
        }
    }
}
