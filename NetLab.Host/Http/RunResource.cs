using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Saved;
using NetLab.Host.Services;

namespace NetLab.Host.Http;

/// <summary>
/// <c>/runs</c>: GET lists measurements, POST begins one; <c>/runs/NUMBER</c>: GET shows it, DELETE ends and forgets it. The members of what
/// is posted are the options of <c>nlab perf</c>, with _ for -.
/// </summary>
/// <param name="runs">They.</param>
/// <param name="read">Understands the options of <c>nlab perf</c>.</param>
/// <param name="events">Told of those that begin and end; null for nobody.</param>
internal sealed class RunResource(LabRuns runs, Func<string[], PerfComparison> read, LabEvents? events = null)
{
    // Those that say what is measured; where it is recorded, drawn or sent to is not a client's to say.
    private static readonly string[] Members =
        ["transport", "time", "bytes", "segment_size", "streams", "rate", "warm_up", "link", "congestion", "ecn", "mtu_search", "latency", "connections", "rounds", "seed",
            "interval", "omit", "reverse", "bidirectional", "under_load", "poll"];

    /// <summary>All measurements; without what was measured, which each of them has.</summary>
    public IResult List() =>
        JsonAnswer.Of<IReadOnlyList<RunDocument>>(
            [.. runs.Kept.Select(n => runs.Folder!.Describe(n, withResult: false)).OfType<RunDocument>(), .. runs.All.Select(r => r.Document with { Result = null })],
            LabJson.Readable.IReadOnlyListRunDocument);

    /// <summary>One measurement.</summary>
    public IResult Get(string number) => JsonAnswer.Of(
        Remembered(number)?.Document ?? runs.Folder?.Describe(NumberOf(number), withResult: true) ?? throw Unknown(number),
        LabJson.Readable.RunDocument);

    /// <summary>One that is over, as <c>nlab perf --save</c> writes it; 409 while it is under way.</summary>
    public IResult GetSaved(string number)
    {
        LabRun? run = Remembered(number);
        SavedRun? saved = run is null ? runs.Folder?.Find(NumberOf(number)) ?? throw Unknown(number) : run.Saved;
        return saved is not null
            ? JsonAnswer.Of(saved, SavedRunJson.Default.SavedRun)
            : throw new ProblemException(Problem.Conflict($"run {number} has measured nothing{(run!.Completion.IsCompleted ? "" : " yet")}"));
    }

    /// <summary>Begins one: 201, and where it is; 503 while another one is under way.</summary>
    public async Task<IResult> CreateAsync(HttpContext context)
    {
        string[] commandLine = [.. CommandLineOf(await RequestBody.ReadObjectAsync(context.Request).ConfigureAwait(false))];
        PerfComparison comparison = read(commandLine);
        if (comparison.Seconds > LabRun.Longest.TotalSeconds)
        {
            throw new ProblemException(Problem.BadRequest($"time: {comparison.Seconds:F0} s in all; a run takes at most {LabRun.Longest.TotalSeconds:F0} s"));
        }

        if (runs.Folder?.Numbers().Count >= RunFolder.MaxRuns)
        {
            throw new ProblemException(Problem.Conflict($"the folder has {RunFolder.MaxRuns} runs, and no more; delete some"));
        }

        LabRun run = runs.TryStart(commandLine, comparison, out TimeSpan wait)
            ?? throw new ProblemException(Problem.Unavailable("another measurement is under way, and would be measured with it", wait));
        string path = string.Create(CultureInfo.InvariantCulture, $"/runs/{run.Number}");
        events?.Publish("started", path, run.Document.Command);
        _ = run.Completion.ContinueWith(_ => events?.Publish("ended", path, run.Document.State), TaskScheduler.Default);
        context.Response.Headers.Location = path;
        return JsonAnswer.Of(run.Document, LabJson.Readable.RunDocument, StatusCodes.Status201Created);
    }

    /// <summary>Ends and forgets one: 204.</summary>
    public async Task<IResult> DeleteAsync(string number)
    {
        if (Remembered(number) is { } run)
        {
            await runs.RemoveAsync(run).ConfigureAwait(false);
        }
        else if (runs.Kept.Contains(NumberOf(number)))
        {
            runs.Folder!.Delete(NumberOf(number));
        }
        else
        {
            throw Unknown(number);
        }

        return Results.NoContent();
    }

    // 0 is no run's number.
    private static int NumberOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static ProblemException Unknown(string number) => new(Problem.NotFound($"there is no run '{number}'"));

    private LabRun? Remembered(string number) => runs.Find(NumberOf(number));

    private static IEnumerable<string> CommandLineOf(JsonObject body)
    {
        foreach ((string member, JsonNode? value) in body)
        {
            if (!Members.Contains(member))
            {
                throw new ProblemException(Problem.BadRequest($"unknown member '{member}': a run has {string.Join(", ", Members)}"));
            }

            string option = "--" + member.Replace('_', '-');
            switch (value?.GetValueKind())
            {
                case JsonValueKind.True:
                    yield return option;
                    break;
                case null or JsonValueKind.False:
                    break;
                case JsonValueKind.String:
                    yield return $"{option}={value.GetValue<string>()}";
                    break;
                case JsonValueKind.Number:
                    yield return $"{option}={value.ToJsonString()}";
                    break;
                default:
                    throw new ProblemException(Problem.BadRequest($"{member}: a string, a number, true or false"));
            }
        }
    }
}
