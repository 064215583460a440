using System.IO.Pipelines;
using System.Text;
using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>What the lab's services do with a stream or a datagram: echo (RFC 862), discard (RFC 863), source (RFC 864).</summary>
internal static class SimpleProtocols
{
    public const string Echo = "echo";
    public const string Discard = "discard";
    public const string Source = "source";

    // RFC 864: lines of 72 of the 95 printable characters, each beginning one further on; here 95 lines without end.
    private static readonly byte[] Pattern = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 95).Select(
        line => string.Concat(Enumerable.Range(0, 72).Select(column => (char)(' ' + ((line + column) % 95)))) + "\r\n")));

    /// <summary>They.</summary>
    public static IReadOnlyList<string> Names { get; } = [Echo, Discard, Source];

    /// <summary>Serves one stream to its end.</summary>
    /// <param name="kind">Which of them.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="onMoved">Told of each amount of bytes that was received or taken by the peer.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static Task ServeAsync(string kind, LabStream stream, Action<long> onMoved, CancellationToken cancellationToken) => kind switch
    {
        Source => SendPatternAsync(stream.Output, onMoved, cancellationToken),
        _ => TakeAsync(stream, kind == Echo, onMoved, cancellationToken),
    };

    /// <summary>The answer to a datagram; empty for none. Never longer than the question.</summary>
    public static ReadOnlySpan<byte> Answer(string kind, ReadOnlySpan<byte> datagram, Span<byte> scratch)
    {
        switch (kind)
        {
            case Echo:
                datagram.CopyTo(scratch);
                return scratch[..datagram.Length];
            case Source:
                Span<byte> answer = scratch[..datagram.Length];
                for (int i = 0; i < answer.Length; i++)
                {
                    answer[i] = Pattern[i % Pattern.Length];
                }

                return answer;
            default:
                return default;
        }
    }

    private static async Task TakeAsync(LabStream stream, bool isEcho, Action<long> onMoved, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await stream.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            onMoved(result.Buffer.Length);
            if (isEcho)
            {
                foreach (ReadOnlyMemory<byte> piece in result.Buffer)
                {
                    if ((await stream.Output.WriteAsync(piece, cancellationToken).ConfigureAwait(false)).IsCompleted)
                    {
                        return;
                    }

                    onMoved(piece.Length);
                }
            }

            stream.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private static async Task SendPatternAsync(PipeWriter output, Action<long> onMoved, CancellationToken cancellationToken)
    {
        FlushResult result;
        do
        {
            result = await output.WriteAsync(Pattern, cancellationToken).ConfigureAwait(false);
            onMoved(Pattern.Length);
        }
        while (!result.IsCompleted);
    }
}
