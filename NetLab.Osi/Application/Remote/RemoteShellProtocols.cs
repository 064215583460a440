using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Remote;

/// <summary>rlogin (RFC 1282), rsh and rexec of BSD: who comes and what is wanted, as texts that end with zeros; what follows is passed over.</summary>
internal static class RemoteShellProtocols
{
    public static readonly StreamedProtocol Rlogin = Make(
        "rlogin", "Rlogin Protocol",
        [Field.Flag(null, "rlogin.client_startup_flag"), Text("client_user", "rlogin.client_user_name"), Text("server_user", "rlogin.server_user_name"), Text("terminal", "rlogin.terminal_type")]);

    public static readonly StreamedProtocol Rsh = Make(
        "rsh", "Remote Shell", [Text("stderr_port", "rsh.stderr_port"), Text("client_user", "rsh.client_username"), Text("server_user", "rsh.server_username"), Text("command", "rsh.command")]);

    public static readonly StreamedProtocol Rexec = Make(
        "exec", "Remote Process Execution", [Text("stderr_port", "exec.stderr_port"), Text("user", "exec.username"), Text("password", "exec.password"), Text("command", "exec.command")]);

    private static Field Text(string name, string filter) => Field.Text(name, filter, summary: name is "command" or "server_user");

    private static StreamedProtocol Make(string name, string title, Field[] fields)
    {
        Field list = Field.Group("messages");
        StreamedProtocol? protocol = null;
        protocol = new StreamedProtocol(name, OsiLayer.Application, title, [list, .. fields], (in StreamStart _) => new Streams(protocol!, list, fields));
        return protocol;
    }

    private sealed class Streams(StreamedProtocol protocol, Field list, Field[] fields) : StreamProtocol
    {
        protected override StreamParser Make(bool fromClient) => new Parser(protocol, list, fromClient ? fields : []);
    }

    private sealed class Parser(StreamedProtocol protocol, Field list, Field[] fields) : StreamParser
    {
        // No name or command is longer.
        private const int MaxText = 4096;

        private bool _isDone = fields.Length == 0;

        public override Protocol Protocol => protocol;

        public override bool Skip(in StreamSegment segment, long missing) => _isDone = true;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            if (_isDone)
            {
                return bytes.Length;
            }

            // All of them are there before any is shown.
            int at = 0;
            Span<(int Start, int Length)> texts = stackalloc (int, int)[4];
            for (int i = 0; i < fields.Length; i++)
            {
                int end = bytes[at..].IndexOf((byte)0);
                if (end < 0)
                {
                    _isDone = bytes.Length > MaxText;
                    return _isDone ? bytes.Length : 0;
                }

                texts[i] = (at, end);
                at += end + 1;
            }

            _isDone = true;
            FieldValues message = segment.Message(protocol, list);
            for (int i = 0; i < fields.Length; i++)
            {
                if (fields[i].Kind == FieldKind.Boolean)
                {
                    message.Add(fields[i], true);
                }
                else
                {
                    message.Add(fields[i], bytes.Slice(texts[i].Start, texts[i].Length));
                }
            }

            return bytes.Length;
        }
    }
}
