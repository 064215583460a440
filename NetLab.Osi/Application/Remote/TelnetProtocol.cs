using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Remote;

/// <summary>TELNET (RFC 854): commands, options that are negotiated, and the text between them.</summary>
internal sealed class TelnetProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "telnet", OsiLayer.Application, "Telnet", Fields.All, static (in StreamStart start) => new TelnetProtocol());

    private const byte Iac = 255;
    private const byte SubnegotiationEnd = 240;
    private const byte Subnegotiation = 250;
    private const byte Will = 251;

    private static class Fields
    {
        public static readonly Field Pieces = Field.Group("pieces", "What the packet brings");
        public static readonly Field Command = Field.Number("command", "telnet.cmd", names: static v => NameOf((int)v), about: "Commands", width: 1);
        public static readonly Field Option = Field.Number("option", "telnet.subcmd", names: static v => OptionName((int)v), about: "Options that commands are about", width: 1);
        public static readonly Field Data = Field.Text("data", "telnet.data", about: "Text, line by line", summary: true);

        public static readonly Field[] All = [Pieces, Command, Option, Data];
    }

    protected override StreamParser Make(bool fromClient) => new Parser();

    private static string? NameOf(int command) => command switch
    {
        SubnegotiationEnd => "end of subnegotiation",
        241 => "no operation",
        242 => "data mark",
        243 => "break",
        244 => "interrupt process",
        245 => "abort output",
        246 => "are you there",
        247 => "erase character",
        248 => "erase line",
        249 => "go ahead",
        Subnegotiation => "subnegotiation",
        Will => "will",
        252 => "won't",
        253 => "do",
        254 => "don't",
        _ => null,
    };

    private static string? OptionName(int option) => option switch
    {
        0 => "binary transmission",
        1 => "echo",
        3 => "suppress go ahead",
        5 => "status",
        6 => "timing mark",
        24 => "terminal type",
        31 => "window size",
        32 => "terminal speed",
        33 => "remote flow control",
        34 => "line mode",
        35 => "X display location",
        37 => "authentication",
        38 => "encryption",
        39 => "environment",
        _ => null,
    };

    private sealed class Parser : StreamParser
    {
        // What an option's parameters have at most.
        private const int MaxSubnegotiation = 4096;

        // A byte of text that would begin a command.
        private static ReadOnlySpan<byte> EscapedIac => [Iac, Iac];

        public override Protocol Protocol => Value;

        public override bool Skip(in StreamSegment segment, long missing) => true;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            FieldValues? piece = null;
            int at = 0;
            while (at < bytes.Length)
            {
                int size = bytes[at] == Iac && !bytes[at..].StartsWith(EscapedIac) ? CommandSize(bytes[at..]) : TextSize(bytes[at..]);
                if (size == 0)
                {
                    break;
                }

                piece ??= segment.Message(Value, Fields.Pieces);
                Take(piece, bytes.Slice(at, size));
                at += size;
            }

            return at;
        }

        private static void Take(FieldValues piece, ReadOnlySpan<byte> bytes)
        {
            if (bytes[0] != Iac || (bytes.Length > 1 && bytes[1] == Iac))
            {
                // The NUL of CR NUL says that no line follows: it is none of the text.
                piece.Add(Fields.Data, bytes.EndsWith("\r\0"u8) ? bytes[..^1] : bytes);
                return;
            }

            piece.Add(Fields.Command, bytes[1]);
            if (bytes[1] is >= Subnegotiation and < Iac && bytes.Length > 2)
            {
                piece.Add(Fields.Option, bytes[2]);
                if (bytes[1] == Subnegotiation)
                {
                    piece.Add(Fields.Command, SubnegotiationEnd);
                }
            }
        }

        // Text ends behind a line, which is LF or CR NUL (RFC 854), or where a command begins.
        private static int TextSize(ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (true)
            {
                int found = bytes[at..].IndexOfAny(Iac, (byte)'\n', (byte)0);
                if (found < 0)
                {
                    return bytes.Length;
                }

                at += found;
                if (bytes[at] == Iac)
                {
                    if (!bytes[at..].StartsWith(EscapedIac))
                    {
                        return at;
                    }

                    at += EscapedIac.Length;
                }
                else if (bytes[at++] == (byte)'\n' || bytes[..at].EndsWith("\r\0"u8))
                {
                    return at;
                }
            }
        }

        // RFC 855: IAC SB option … IAC SE; a command of negotiation has an option; others stand alone. 0 for more bytes.
        private static int CommandSize(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length < 2)
            {
                return 0;
            }

            if (bytes[1] != Subnegotiation)
            {
                return bytes[1] is >= Will and < Iac ? bytes.Length < 3 ? 0 : 3 : 2;
            }

            for (int i = 2; i + 1 < Math.Min(bytes.Length, MaxSubnegotiation); i++)
            {
                if (bytes[i] == Iac && bytes[i + 1] == SubnegotiationEnd)
                {
                    return i + 2;
                }
            }

            return bytes.Length < MaxSubnegotiation ? 0 : bytes.Length;
        }
    }
}
