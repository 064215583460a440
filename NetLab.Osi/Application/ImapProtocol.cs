using System.Globalization;
using NetLab.Osi.Layers;
using NetLab.Osi.Presentation;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Application;

/// <summary>IMAP (RFC 9051): tagged commands, literals passed over, TLS after STARTTLS.</summary>
internal sealed class ImapProtocol(StreamApplication application) : StreamProtocol
{
    private string? _tlsTag;

    protected override StreamParser Make(bool fromClient) => fromClient ? new Commands(this) : new Replies(this, application);

    // RFC 9051, 4.3: a line that ends with {N} or {N+} is followed by N bytes that are no lines.
    private static long LiteralOf(ReadOnlySpan<byte> line)
    {
        int open = line.EndsWith("}"u8) ? line.LastIndexOf((byte)'{') : -1;
        return open >= 0 && long.TryParse(line[(open + 1)..^1].TrimEnd((byte)'+'), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : 0;
    }

    private sealed class ImapDetail : DialogDetail;

    private sealed class Commands(ImapProtocol protocol) : LineParser
    {
        private bool _continues;

        public override ProtocolId Protocol => ProtocolId.Imap;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> tag = Words.First(line, " "u8);
            bool isTagged = !_continues && tag.Length < line.Length;
            RawLeft = LiteralOf(line);
            _continues = RawLeft > 0;
            if (!isTagged)
            {
                return;
            }

            ReadOnlySpan<byte> command = Words.First(line[(tag.Length + 1)..], " "u8);
            if (Words.Same(command, "UID"u8))
            {
                // RFC 9051, 6.4.9: the command that it modifies says more.
                command = Words.First(line[Math.Min(line.Length, tag.Length + 5)..].TrimStart((byte)' '), " "u8);
            }

            segment.Layer(ProtocolId.Imap, OsiLayer.Application, static () => new ImapDetail()).Commands.Add(Words.Text(command));
            protocol._tlsTag = Words.Same(command, "STARTTLS"u8) ? Words.Text(tag) : null;
        }
    }

    private sealed class Replies(ImapProtocol protocol, StreamApplication application) : LineParser
    {
        public override ProtocolId Protocol => ProtocolId.Imap;

        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            RawLeft = LiteralOf(line);
            if (protocol._tlsTag is { } tag && Words.Text(line).StartsWith(tag + " OK", StringComparison.OrdinalIgnoreCase))
            {
                segment.Part(ProtocolId.Imap, OsiLayer.Application);
                application.Switch(new TlsProtocol(application, mayResume: false));
            }
        }
    }
}
