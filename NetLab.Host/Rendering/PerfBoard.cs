using System.Globalization;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Reports;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace NetLab.Host.Rendering;

/// <summary>A comparison while it runs: a table that is drawn anew with each piece where a person looks, lines elsewhere.</summary>
internal sealed class PerfBoard : IPerfBoard
{
    private readonly List<PerfRun> _runs = [];
    private readonly Action<IRenderable>? _draw;
    private readonly int _total;
    private (string Transport, int Round) _present;
    private PerfInterval? _latest;

    private PerfBoard(int total, Action<IRenderable>? draw) => (_total, _draw) = (total, draw);

    /// <summary>Does work that a board shows.</summary>
    /// <param name="total">How many runs there will be.</param>
    /// <param name="work">Tells the board.</param>
    public static async Task RunAsync(int total, Func<PerfBoard, Task> work)
    {
        if (!Terminal.IsLive)
        {
            await work(new PerfBoard(total, null)).ConfigureAwait(false);
            return;
        }

        await Terminal.Error.Live(new Text("")).AutoClear(true).StartAsync(live => work(new PerfBoard(total, live.UpdateTarget))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Begin(string transport, int round)
    {
        (_present, _latest) = ((transport, round), null);
        Draw();
    }

    /// <inheritdoc/>
    public void Interval(PerfInterval interval)
    {
        _latest = interval;
        if (_draw is null)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"     {_present.Transport,-10} {interval.Sum.End,5:F1} s: {Units.Rate(interval.Sum.BitsPerSecond)}"));
        }

        Draw();
    }

    /// <inheritdoc/>
    public void End(PerfRun run)
    {
        _runs.Add(run);
        if (_draw is null)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{_runs.Count}/{_total}  {run.Transport,-10} round {run.Round}: {PerfTable.Headline(run, run.End.Headline)}"));
        }

        Draw();
    }

    private void Draw()
    {
        if (_draw is null)
        {
            return;
        }

        // Nothing runs any more when all have ended.
        if (_runs.Count >= _total)
        {
            _draw(PerfTable.Of(_runs, Terminal.Error.Profile.Width));
            return;
        }

        string now = _latest is null ? "…" : Units.Rate(_latest.Sum.BitsPerSecond);
        string second = _latest is null ? "" : string.Create(CultureInfo.InvariantCulture, $" {_latest.Sum.End:F0} s");
        string present = string.Create(CultureInfo.InvariantCulture, $"run {_runs.Count + 1} of {_total}{second}: {_present.Transport} round {_present.Round} {now}");
        _draw(PerfTable.Of(_runs, Terminal.Error.Profile.Width, present));
    }
}
