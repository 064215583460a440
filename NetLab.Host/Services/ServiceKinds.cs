using System.IO.Pipelines;
using System.Text;
using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>What the lab's services do with a stream or a datagram: echo (RFC 862), discard (RFC 863), source (RFC 864); and the names of the others.</summary>
internal static class ServiceKinds
{
    public const string Echo = "echo";
    public const string Discard = "discard";
    public const string Source = "source";
    public const string Http = "http";
    public const string Relay = "relay";

    // RFC 864: lines of 72 of the 95 printable characters, each beginning one further on; here 95 lines without end.
    private static readonly byte[] Pattern = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 95).Select(
        line => string.Concat(Enumerable.Range(0, 72).Select(column => (char)(' ' + ((line + column) % 95)))) + "\r\n")));

    /// <summary>Those that need nothing but an address.</summary>
    public static IReadOnlyList<string> Simple { get; } = [Echo, Discard, Source];

    /// <summary>Those that a service of the configuration may be.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Simple, Http];

    /// <summary>Serves one stream to its end.</summary>
    public static Task ServeAsync(string kind, LabStream stream, CancellationToken cancellationToken) => kind switch
    {
        Echo => stream.Input.CopyToAsync(stream.Output, cancellationToken),
        Discard => stream.Input.CopyToAsync(Stream.Null, cancellationToken),
        _ => SendPatternAsync(stream.Output, cancellationToken),
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

    private static async Task SendPatternAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        FlushResult result;
        do
        {
            result = await output.WriteAsync(Pattern, cancellationToken).ConfigureAwait(false);
        }
        while (!result.IsCompleted);
    }
}
