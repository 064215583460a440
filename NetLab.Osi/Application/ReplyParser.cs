using NetLab.Osi.Layers;
using NetLab.Osi.Session.Streams;

namespace NetLab.Osi.Application;

/// <summary>Replies of three digits (RFC 959, 4.2; RFC 5321, 4.2): of one over several lines the first counts.</summary>
/// <param name="protocol">Whose replies they are.</param>
/// <param name="onReply">Told of each reply that is complete.</param>
/// <param name="create">Makes the detail that shows them.</param>
internal sealed class ReplyParser<T>(ProtocolId protocol, ReplyParser<T>.ReplyHandler onReply, Func<T> create) : LineParser
    where T : DialogDetail
{
    private int? _open;

    internal delegate void ReplyHandler(in StreamSegment segment, int code);

    public override ProtocolId Protocol => protocol;

    protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
    {
        int? code = Words.ReplyCode(line);
        bool continues = code is not null && line.Length > 3 && line[3] == (byte)'-';
        if (_open is { } open)
        {
            if (code == open && !continues)
            {
                _open = null;
                onReply(segment, open);
            }

            return;
        }

        if (code is not { } number)
        {
            return;
        }

        segment.Layer(protocol, OsiLayer.Application, create).Codes.Add(number);
        _open = continues ? number : null;
        if (!continues)
        {
            onReply(segment, number);
        }
    }
}
