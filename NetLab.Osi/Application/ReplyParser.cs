using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>Replies of three digits (RFC 959, 4.2; RFC 5321, 4.2): of one over several lines the first counts.</summary>
/// <param name="protocol">Whose replies they are.</param>
/// <param name="onReply">Told of each reply that is complete.</param>
/// <param name="create">Makes the detail that shows them.</param>
/// <param name="onFirstLine">Told of the first line of each reply; or null.</param>
internal sealed class ReplyParser<T>(Protocol protocol, ReplyParser<T>.ReplyHandler onReply, Func<T> create, ReplyParser<T>.LineHandler? onFirstLine = null) : LineParser
    where T : DialogDetail
{
    private int? _open;

    internal delegate void ReplyHandler(in StreamSegment segment, int code);

    internal delegate void LineHandler(in StreamSegment segment, int code, ReadOnlySpan<byte> line);

    public override Protocol Protocol => protocol;

    protected override void Accept(in StreamSegment segment, ReadOnlySpan<byte> line)
    {
        int? code = AsciiText.ReplyCode(line);
        bool continues = code is not null && line.Length > 3 && line[3] == (byte)'-';
        if (_open is { } open)
        {
            if (code == open && !continues)
            {
                // Who looks at packets sees the reply on the one that brings its last line, too.
                T detail = segment.Layer(protocol, create);
                if (detail.Codes.Count == 0)
                {
                    detail.Codes.Add(open);
                }

                _open = null;
                onReply(segment, open);
            }

            return;
        }

        if (code is not { } number)
        {
            return;
        }

        segment.Layer(protocol, create).Codes.Add(number);
        _open = continues ? number : null;
        onFirstLine?.Invoke(segment, number, line);
        if (!continues)
        {
            onReply(segment, number);
        }
    }
}
