using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application.Accounting;

/// <summary>Syslog (RFC 3164, RFC 5424), a message a datagram.</summary>
internal static class SyslogProtocol
{
    public static readonly Protocol Value = new("syslog", OsiLayer.Application, "Syslog", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Facility = Field.Number("facility", "syslog.facility", names: static v => FacilityName((int)v), about: "What part of the system tells it", width: 1);
        public static readonly Field Level = Field.Number("level", "syslog.level", names: static v => LevelName((int)v), about: "How serious it is", summary: true, width: 1);
        public static readonly Field Message = Field.Text("message", "syslog.msg", about: "The message", summary: true);
        public static readonly Field Version = Field.Number(null, "syslog.version", about: "Version of the format");
        public static readonly Field Time = Field.Text("time", "syslog.timestamp", about: "When it was told");
        public static readonly Field Host = Field.Text("host", "syslog.hostname", about: "Who tells it");
        public static readonly Field Program = Field.Text("program", "syslog.appname", about: "Program that tells it");
        public static readonly Field Process = Field.Text("process", "syslog.procid", about: "Process that tells it");
        public static readonly Field MessageId = Field.Text("message_id", "syslog.msgid", about: "Kind of message");

        public static readonly Field[] All = [Facility, Level, Message, Version, Time, Host, Program, Process, MessageId];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end > offset)
        {
            dissection.Add(Value, offset, end - offset, end);
        }

        return end > offset;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        ReadOnlySpan<byte> message = bytes;
        if (TryReadPriority(bytes, out int priority, out int size))
        {
            sink.Number(Fields.Facility, priority >> 3, at, size);
            sink.Number(Fields.Level, priority & 7, at, size);
            message = bytes[size..];
        }

        // RFC 5424, 6.2: version, time, host, program, process, kind of message.
        ReadOnlySpan<byte> rest = message;
        if (size > 0 && rest.StartsWith("1 "u8))
        {
            sink.Number(Fields.Version, 1, at + size, 1);
            rest = rest[2..];
            foreach (Field field in (ReadOnlySpan<Field>)[Fields.Time, Fields.Host, Fields.Program, Fields.Process, Fields.MessageId])
            {
                ReadOnlySpan<byte> word = AsciiText.First(rest, " "u8);
                sink.Text(field, word, at, word.Length);
                rest = rest[Math.Min(rest.Length, word.Length + 1)..];
            }
        }
        else if (size > 0 && message.Length > 16 && message[3] == (byte)' ' && message[6] == (byte)' ' && message[9] == (byte)':' && message[12] == (byte)':' && message[15] == (byte)' ')
        {
            // RFC 3164, 4.1.2: Mmm dd hh:mm:ss host program[process]:
            ReadOnlySpan<byte> host = AsciiText.First(message[16..], " "u8);
            sink.Text(Fields.Time, message[..15], at + size, 15);
            sink.Text(Fields.Host, host, at + size + 16, host.Length);
            ReadOnlySpan<byte> tag = AsciiText.First(message[Math.Min(message.Length, 17 + host.Length)..], ": "u8);
            ReadOnlySpan<byte> program = AsciiText.First(tag, "["u8);
            if (program.Length < tag.Length)
            {
                ReadOnlySpan<byte> process = AsciiText.First(tag[(program.Length + 1)..], "]"u8);
                sink.Text(Fields.Process, process, at, process.Length);
            }
        }

        sink.Text(Fields.Message, message, at + size, message.Length);
    }

    // 6.2.1: <facility × 8 + severity>, three digits at most.
    private static bool TryReadPriority(ReadOnlySpan<byte> bytes, out int priority, out int size)
    {
        (priority, size) = (0, 0);
        int end = bytes.IndexOf((byte)'>');
        if (bytes.IsEmpty || bytes[0] != (byte)'<' || end is < 2 or > 4)
        {
            return false;
        }

        foreach (byte b in bytes[1..end])
        {
            if (!char.IsAsciiDigit((char)b))
            {
                return false;
            }

            priority = (10 * priority) + b - '0';
        }

        size = end + 1;
        return true;
    }

    private static string? FacilityName(int facility) => facility switch
    {
        0 => "kernel",
        1 => "user",
        2 => "mail",
        3 => "system daemons",
        4 => "security",
        5 => "syslog",
        6 => "printer",
        9 => "clock",
        10 => "authorization",
        11 => "FTP",
        >= 16 and <= 23 => "local",
        _ => null,
    };

    private static string? LevelName(int level) => level switch
    {
        0 => "emergency",
        1 => "alert",
        2 => "critical",
        3 => "error",
        4 => "warning",
        5 => "notice",
        6 => "informational",
        _ => "debug",
    };
}
