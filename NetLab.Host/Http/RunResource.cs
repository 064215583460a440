using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Reports;

namespace NetLab.Host.Http;

/// <summary>
/// <c>/runs</c>: GET lists measurements, POST begins one; <c>/runs/NUMBER</c>: GET shows it, DELETE ends and forgets it. The members of what
/// is posted are the options of <c>nlab perf</c>, with _ for -.
/// </summary>
/// <param name="runs">They.</param>
/// <param name="read">Understands the options of <c>nlab perf</c>.</param>
internal sealed class RunResource(LabRuns runs, Func<string[], PerfComparison> read)
{
    // Those that say what is measured; where it is recorded, drawn or sent to is not a client's to say.
    private static readonly string[] Members =
        ["transport", "time", "bytes", "segment_size", "streams", "rate", "warm_up", "link", "congestion", "ecn", "mtu_search", "latency", "connections", "rounds", "seed",
            "interval", "omit", "reverse", "bidirectional", "under_load"];

    /// <summary>All measurements; without what was measured, which each of them has.</summary>
    public IResult List() =>
        JsonAnswer.Of<IReadOnlyList<RunDocument>>([.. runs.All.Select(r => r.Document with { Result = null })], LabJson.Readable.IReadOnlyListRunDocument);

    /// <summary>One measurement.</summary>
    public IResult Get(string number) => JsonAnswer.Of(Find(number).Document, LabJson.Readable.RunDocument);

    /// <summary>Begins one: 201, and where it is; 503 while another one is under way.</summary>
    public async Task<IResult> CreateAsync(HttpContext context)
    {
        string[] commandLine = [.. CommandLineOf(await RequestBody.ReadObjectAsync(context.Request).ConfigureAwait(false))];
        PerfComparison comparison = read(commandLine);
        if (comparison.Seconds > LabRun.Longest.TotalSeconds)
        {
            throw new ProblemException(Problem.BadRequest($"time: {comparison.Seconds:F0} s in all; a run takes at most {LabRun.Longest.TotalSeconds:F0} s"));
        }

        LabRun run = runs.TryStart(commandLine, comparison, out TimeSpan wait)
            ?? throw new ProblemException(Problem.Unavailable("another measurement is under way, and would be measured with it", wait));
        context.Response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"/runs/{run.Number}");
        return JsonAnswer.Of(run.Document, LabJson.Readable.RunDocument, StatusCodes.Status201Created);
    }

    /// <summary>Ends and forgets one: 204.</summary>
    public async Task<IResult> DeleteAsync(string number)
    {
        await runs.RemoveAsync(Find(number)).ConfigureAwait(false);
        return Results.NoContent();
    }

    private LabRun Find(string number) =>
        (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? runs.Find(n) : null)
        ?? throw new ProblemException(Problem.NotFound($"there is no run '{number}'"));

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
