using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NetLab.Host.Captures;
using NetLab.Host.Http;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Comparison;
using NetLab.Host.Measurement.Reports;

namespace NetLab.Host.Page;

/// <summary>
/// Measurements, whether they were taken here (<c>runs</c>) or saved before and brought in: listed, laid over one another
/// (<c>measurements/series?ids</c>), compared (<c>measurements/compare?a&amp;b</c>).
/// </summary>
/// <param name="runs">Those taken here.</param>
internal sealed class MeasurementResource(LabRuns runs)
{
    private const long MaxUpload = 64 << 20;
    private const int MaxFiles = 50;

    private readonly List<(string Id, string Name, IReadOnlyList<RunSeries> Series)> _files = [];
    private int _last;

    /// <summary>All of them.</summary>
    public Task ListAsync(HttpContext context) => PageAnswer.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("measurements");
        foreach (LabRun run in runs.All)
        {
            RunDocument document = run.Document;
            json.WriteStartObject();
            json.WriteString("id", $"run-{run.Number}");
            json.WriteNumber("run", run.Number);
            json.WriteString("name", document.Command);
            json.WriteString("state", document.State);
            json.WriteString("present", document.Present);
            json.WriteString("error", document.Error);
            json.WriteEndObject();
        }

        foreach ((string id, string name, IReadOnlyList<RunSeries> series) in Files())
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("name", name);
            json.WriteString("state", "done");
            json.WriteNumber("series", series.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Takes in a file: what <c>nlab perf --save</c> or <c>--json</c> wrote, iperf3's JSON, flent's.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        string name = SafeName.Of(PageQuery.Text(context, "name"), "run");
        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxUpload;
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("nlab");
        try
        {
            // Its name is in what is wrong with it, and in the legend.
            string path = Path.Combine(folder.FullName, name);
            await using (FileStream file = File.Create(path))
            {
                await context.Request.Body.CopyToAsync(file, context.RequestAborted).ConfigureAwait(false);
            }

            IReadOnlyList<RunSeries> series;
            try
            {
                series = RunReader.Read(path);
            }
            catch (Settings.UsageException error)
            {
                throw new ProblemException(Problem.BadRequest(error.Message.Replace(path, name, StringComparison.Ordinal)));
            }

            string id;
            lock (_files)
            {
                if (_files.Count == MaxFiles)
                {
                    throw new ProblemException(Problem.Conflict($"{MaxFiles} files are open, and no more"));
                }

                id = $"file-{++_last}";
                _files.Add((id, name, [.. series.Select(s => s with { File = name })]));
            }

            await PageAnswer.WriteAsync(context, json =>
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteString("name", name);
                json.WriteNumber("series", series.Count);
                json.WriteEndObject();
            }, StatusCodes.Status201Created).ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Several of them, sample by sample, with the names that tell them apart.</summary>
    public Task SeriesAsync(HttpContext context)
    {
        IReadOnlyList<RunSeries> all = [.. (PageQuery.Text(context, "ids") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).SelectMany(Find)];
        if (all.Count == 0)
        {
            throw new ProblemException(Problem.BadRequest("ids: which measurements, as measurements lists them, joined by commas"));
        }

        var names = new RunNames(all);
        return PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("title", names.Title);
            json.WriteStartArray("series");
            foreach (RunSeries run in all)
            {
                json.WriteStartObject();
                json.WriteString("name", names.Of(run));
                json.WriteString("file", run.File);
                json.WriteNumber("round", run.Round);
                json.WriteString("unit", run.Unit);
                Write(json, "headline", run.Headline);
                if (run.Distribution.Count > 0)
                {
                    json.WriteStartArray("distribution");
                    foreach ((double percent, double milliseconds) in run.Distribution)
                    {
                        json.WriteStartArray();
                        json.WriteNumberValue(percent);
                        json.WriteNumberValue(milliseconds);
                        json.WriteEndArray();
                    }

                    json.WriteEndArray();
                }

                json.WriteStartArray("samples");
                foreach (RunSample sample in run.Samples)
                {
                    json.WriteStartObject();
                    json.WriteNumber("at", sample.At);
                    json.WriteNumber("seconds", sample.Seconds);
                    Write(json, "bits_per_second", sample.BitsPerSecond);
                    Write(json, "window", sample.Window);
                    Write(json, "round_trip", sample.RoundTrip);
                    Write(json, "latency", sample.Latency);
                    Write(json, "queue", sample.Queue);
                    Write(json, "lost", sample.Lost);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Two of them, and whether the second is slower.</summary>
    public Task CompareAsync(HttpContext context)
    {
        IReadOnlyList<RunSeries> before = Find(PageQuery.Text(context, "a") ?? throw new ProblemException(Problem.BadRequest("a: a measurement")));
        IReadOnlyList<RunSeries> after = Find(PageQuery.Text(context, "b") ?? throw new ProblemException(Problem.BadRequest("b: a measurement")));
        IReadOnlyList<RunDifference> differences = RunComparison.Of(before, after);
        return PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("differences");
            JsonSerializer.Serialize(json, differences, RunDifferenceJson.Default.IReadOnlyListRunDifference);
            json.WriteEndObject();
        });
    }

    /// <summary>What a run has measured so far, piece by piece.</summary>
    public Task IntervalsAsync(HttpContext context)
    {
        LabRun run = runs.Find((int)Math.Min(int.MaxValue, PageQuery.Path(context))) ?? throw new ProblemException(Problem.NotFound($"there is no {context.Request.Path}"));
        return PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("state", run.Document.State);
            json.WriteString("present", run.Document.Present);
            json.WriteString("error", run.Document.Error);
            json.WriteStartArray("intervals");
            foreach ((string transport, int round, PerfIntervalSum sum) in run.Intervals)
            {
                json.WriteStartObject();
                json.WriteString("transport", transport);
                json.WriteNumber("round", round);
                json.WriteNumber("start", sum.Start);
                json.WriteNumber("end", sum.End);
                json.WriteNumber("bits_per_second", sum.BitsPerSecond);
                json.WriteNumber("retransmits", sum.Retransmits);
                json.WriteNumber("rtt", sum.Rtt);
                json.WriteNumber("snd_cwnd", sum.SndCwnd);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>What a run measured, as <c>nlab perf --json</c> prints it, to be saved.</summary>
    public Task SaveAsync(HttpContext context)
    {
        LabRun run = runs.Find((int)Math.Min(int.MaxValue, PageQuery.Path(context))) ?? throw new ProblemException(Problem.NotFound($"there is no {context.Request.Path}"));
        JsonElement result = run.Document.Result ?? throw new ProblemException(Problem.Conflict("nothing has been measured yet"));
        PageSave.Name(context.Response, $"run-{run.Number}.json");
        return PageAnswer.WriteAsync(context, result.WriteTo);
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } known && double.IsFinite(known))
        {
            json.WriteNumber(name, known);
        }
    }

    private List<(string Id, string Name, IReadOnlyList<RunSeries> Series)> Files()
    {
        lock (_files)
        {
            return [.. _files];
        }
    }

    private IReadOnlyList<RunSeries> Find(string id)
    {
        const string Run = "run-";
        if (id.StartsWith(Run, StringComparison.Ordinal) && int.TryParse(id[Run.Length..], out int number) && runs.Find(number) is { } run)
        {
            return run.Document.Result is { } result ? RunReader.Of(result, id) : throw new ProblemException(Problem.Conflict($"{id}: nothing has been measured yet"));
        }

        return Files().FirstOrDefault(f => f.Id == id).Series ?? throw new ProblemException(Problem.NotFound($"there is no measurement '{id}'"));
    }
}
