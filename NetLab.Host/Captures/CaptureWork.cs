namespace NetLab.Host.Captures;

/// <summary>Reads a capture on a thread of its own, and stops as Ctrl-C wants it: with nothing lost that came so far.</summary>
internal static class CaptureWork
{
    // Ctrl-C reaches the program that writes the pipe, too: what it had not written yet comes now, and then the pipe's end.
    private static readonly TimeSpan PipeTimeout = TimeSpan.FromSeconds(1);

    // Reading standard input cannot be cancelled; what waits for it can.
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(0.5);

    /// <summary>Does it.</summary>
    /// <param name="capture">What is read.</param>
    /// <param name="work">Reads it; returns the exit code.</param>
    /// <param name="interrupted">Ctrl-C.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public static async Task<int> RunAsync(CaptureInput capture, Func<CancellationToken, int> work, CancellationToken interrupted)
    {
        using var stop = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        using CancellationTokenRegistration registration = interrupted.Register(() =>
        {
            TimeSpan timeout = capture.IsPipe ? PipeTimeout : TimeSpan.Zero;
            stop.CancelAfter(timeout);
            giveUp.CancelAfter(timeout + ExitTimeout);
        });
        int exit = await Task.Run(() => work(stop.Token), CancellationToken.None).WaitAsync(giveUp.Token).ConfigureAwait(false);
        interrupted.ThrowIfCancellationRequested();
        return exit;
    }
}
