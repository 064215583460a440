using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>SSH (RFC 4253): the banner of either side; what follows the key exchange nobody can read.</summary>
internal sealed class SshProtocol : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "ssh", OsiLayer.Application, "Secure Shell", Fields.All, static (in StreamStart start) => new SshProtocol());

    internal static class Fields
    {
        public static readonly Field Banner = Field.Text("banner");

        public static readonly Field[] All = [Banner];
    }

    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith("SSH-2.0-"u8) || bytes.StartsWith("SSH-1."u8);

    protected override StreamParser Make(bool fromClient) => new Parser();

    private sealed class SshDetail : LayerDetail
    {
        public List<string> Banner { get; } = [];

        public override void Describe(in LayerEntry entry, IFieldSink sink) => sink.Texts(Fields.Banner, Banner, entry.Offset, entry.Length);
    }

    private sealed class Parser : LineParser
    {
        public override Protocol Protocol => SshProtocol.Value;

        // RFC 4253, 4.2: a server may send other lines before its banner.
        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            if (line.StartsWith("SSH-"u8))
            {
                RawLeft = long.MaxValue;
                segment.Layer(Value, static () => new SshDetail()).Banner.Add(AsciiText.Text(line));
            }
        }
    }
}
