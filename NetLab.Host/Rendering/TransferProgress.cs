using Spectre.Console;

namespace NetLab.Host.Rendering;

/// <summary>A progress bar on stderr, drawn only where a person looks.</summary>
internal static class TransferProgress
{
    /// <summary>Does work that reports (done, total) bytes.</summary>
    public static async Task<T> RunAsync<T>(string title, Func<IProgress<(long Done, long Total)>?, Task<T>> work)
    {
        IAnsiConsole console = Terminal.Error;
        if (!Terminal.IsLive)
        {
            return await work(null).ConfigureAwait(false);
        }

        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title));
                return await work(new Reporter(task)).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    /// <summary>Does work that reports (done, total) of things that are counted.</summary>
    public static async Task<T> CountAsync<T>(string title, Func<IProgress<(long Done, long Total)>?, Task<T>> work) => !Terminal.IsLive
        ? await work(null).ConfigureAwait(false)
        : await Terminal.Error.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context => work(new Reporter(context.AddTask(Markup.Escape(title))))).ConfigureAwait(false);

    private sealed class Reporter(ProgressTask task) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
        }
    }
}
