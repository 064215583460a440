using NetLab.Osi.Layers;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Application;

/// <summary>SSH (RFC 4253): the banner of either side; what follows the key exchange nobody can read.</summary>
internal sealed class SshProtocol : StreamProtocol
{
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith("SSH-2.0-"u8) || bytes.StartsWith("SSH-1."u8);

    protected override StreamParser Make(bool fromClient) => new Parser();

    private sealed class SshDetail : LayerDetail
    {
        public List<string> Banner { get; } = [];

        public override void Describe(in LayerEntry entry, IFieldSink sink) => sink.Texts("banner"u8, Banner, entry.Offset, entry.Length);
    }

    private sealed class Parser : LineParser
    {
        public override ProtocolId Protocol => ProtocolId.Ssh;

        // RFC 4253, 4.2: a server may send other lines before its banner.
        protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
        {
            if (line.StartsWith("SSH-"u8))
            {
                RawLeft = long.MaxValue;
                segment.Layer(ProtocolId.Ssh, OsiLayer.Application, static () => new SshDetail()).Banner.Add(Words.Text(line));
            }
        }
    }
}
