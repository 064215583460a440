using NetLab.Cluster.Work;

namespace NetLab.Cluster.Clients;

/// <summary>A job of a cluster, seen by whoever asked for it: it is asked how far it is until it is over, whichever node coordinates.</summary>
internal static class CoordinatedJob
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Has it go on until it is over.</summary>
    /// <typeparam name="T">How far it is.</typeparam>
    /// <param name="ask">Has it go on, and asks how far it is.</param>
    /// <param name="report">Told how far it is.</param>
    /// <param name="stop">Stops it at all nodes.</param>
    /// <param name="note">Told what happens to nodes and to pieces of the job.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="IOException">No node has answered for a while.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> ask, Action<T> report, Func<Task> stop, Action<string> note, CancellationToken cancellationToken)
        where T : IJobProgress
    {
        var patience = new CoordinatorPatience(note);
        int told = 0;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    T progress = await ask().ConfigureAwait(false);
                    if (patience.OnAnswer(progress.Coordinator))
                    {
                        told = 0;
                    }

                    report(progress);
                    foreach (string line in progress.Notes[Math.Min(told, progress.Notes.Length)..])
                    {
                        note(line);
                    }

                    told = progress.Notes.Length;
                    if (progress.IsOver)
                    {
                        return progress;
                    }
                }
                catch (Exception error) when (error is OrleansException or TimeoutException)
                {
                    patience.OnSilence(error);
                }

                await Task.Delay(Interval, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await stop().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
