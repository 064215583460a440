using System.Globalization;

namespace NetLab.Host.Measurement.Exchanges;

/// <summary>
/// Whether the other half of a measurement has answered at all. Where nobody listens a port says so at once; where nothing answers, as behind a
/// firewall or at a program that is no <c>nlab perf server</c>, a word comes early, and the end later: links may be slow and lose. For several threads.
/// </summary>
internal sealed class PeerAnswer
{
    /// <summary>How long nothing may come before it is given up: a SYN is repeated after 1, 3 and 7 seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>After which time the word comes.</summary>
    public static readonly TimeSpan WordAfter = TimeSpan.FromSeconds(2);

    /// <summary>What is said at the end of the patience.</summary>
    public static readonly string Missing = string.Create(CultureInfo.InvariantCulture, $"nobody has answered in {Patience.TotalSeconds:F0} s: nlab perf server has to listen there");

    private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it has.</summary>
    public bool HasCome => _come.Task.IsCompleted;

    /// <summary>It has.</summary>
    public void Note() => _come.TrySetResult();

    /// <summary>Says, unless it has answered by then.</summary>
    /// <param name="say">Says it.</param>
    /// <param name="cancellationToken">Nothing is to be said any more.</param>
    public async Task SayIfMissingAsync(Action say, CancellationToken cancellationToken)
    {
        try
        {
            await _come.Task.WaitAsync(WordAfter, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            say();
        }
        catch (OperationCanceledException)
        {
            // It ended before.
        }
    }
}
