using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;

namespace NetLab.Host.Experiments.Real;

/// <summary>A value that changes ten times a second, on its way to a browser in four ways, over ASP.NET Core on NetLab's TCP.</summary>
internal sealed class Updates : Experiment
{
    private const string Eager = "the server never holds a question back";
    private const string Buffered = "events are written and not flushed";
    private const string Talkative = "the client answers each message";

    private static readonly MarkShape[] Shapes = [MarkShape.Dot, MarkShape.Square, MarkShape.Triangle, MarkShape.Diamond];
    private static readonly Parameter<int> Count = Parameter.Count("updates", "changes of the value", 20, 10, 1_000);
    private static readonly Parameter<TimeSpan> Interval = Parameter.Duration("interval", "time between changes", "100ms", "20ms", "10s");
    private static readonly Parameter<TimeSpan> Poll = Parameter.Duration("poll", "time between questions of polling", "250ms", "20ms", "10s");

    public override string Name => "updates";

    public override string Title => "Updates to a browser";

    public override double TypicalSeconds => 3;

    public override string Summary => "A value changes every 100 ms on the mean. A client learns of it by polling every 250 ms, by long polling, by server-sent events and by a WebSocket: real ASP.NET Core and HttpClient on NetLab's TCP, each segment seen at the server.";

    public override string Question => "How long is the client behind on the mean, each way? And how many bytes on the wire does an update of eight characters cost, besides the headers of TCP?";

    public override IReadOnlyList<Parameter> Parameters => [Count, Interval, Poll];

    public override bool IsReal => true;

    public override IReadOnlyList<Mutation> Mutations => [new(Eager) { IsOwn = true }, new(Buffered) { IsOwn = true }, new(Talkative) { IsOwn = true }];

    public override void Run(Bench bench)
    {
        var plan = new UpdatePlan(bench.Get(Count), bench.Get(Interval), bench.Get(Poll), bench.IsBroken(Eager), bench.IsBroken(Buffered), bench.IsBroken(Talkative));
        UpdateResult[] all = Task.Run(() => Task.WhenAll(Enum.GetValues<UpdateWay>().Select(way => UpdateTrial.RunAsync(plan, way, bench.CancellationToken))), bench.CancellationToken)
            .GetAwaiter().GetResult();
        (UpdateResult polling, UpdateResult longPolling, UpdateResult events, UpdateResult socket) = (all[0], all[1], all[2], all[3]);
        foreach (UpdateResult result in all)
        {
            bench.Measure($"mean delay, {result.Name}", result.MeanDelay.TotalMilliseconds, "ms");
            bench.Measure($"of it on the way, {result.Name}", result.MeanTravel.TotalMilliseconds, "ms");
            bench.Measure($"segments an update, {result.Name}", result.Segments, "");
            bench.Measure($"bytes an update, {result.Name}", result.Bytes, "bytes");
        }

        double poll = bench.Get(Poll).TotalMilliseconds;
        bench.LawBetween("mean wait of polling ÷ time between questions", polling.MeanWait.TotalMilliseconds / poll, 0.25, 0.85, "", "half of it on the mean, wherever a change falls");
        bench.LawBetween("mean wait of long polling ÷ of polling", longPolling.MeanWait / polling.MeanWait, 0, 0.5, "", "the question is there before the change (RFC 6202, 2)");
        bench.LawBetween("mean wait of events ÷ of polling", events.MeanWait / polling.MeanWait, 0, 0.5, "", "sent as it happens (HTML, 9.2)");
        bench.LawBetween("mean wait of the WebSocket ÷ of polling", socket.MeanWait / polling.MeanWait, 0, 0.5, "", "sent as it happens (RFC 6455)");
        bench.LawBetween("questions an update, long polling", longPolling.Questions, 0.8, 1.3, "", "each answer is followed by a question");
        bench.Law("bytes an update, events", events.Bytes, UpdateTrial.EventBytes, 0, "bytes", "data: 12345678, an empty line, and a chunk's length and ends (HTML, 9.2.6; RFC 9112, 7.1)");
        bench.Law("bytes an update, WebSocket", socket.Bytes, UpdateTrial.FrameBytes, 0, "bytes", "two bytes before eight (RFC 6455, 5.2)");
        bench.LawBetween("bytes an update, long polling ÷ WebSocket", longPolling.Bytes / socket.Bytes, 5, 100, "times", "header fields of question and answer come each time (RFC 6202, 2.2)");
        bench.LawBetween("segments an update, WebSocket", socket.Segments, 1, 2.6, "", "one with the frame, one that acknowledges it");
        bench.Picture("bytes", "What an update costs", () => new Chart("besides the headers of TCP", new Axis("mean delay", "ms") { Min = 0 }, new Axis("bytes an update", "bytes") { IsLogarithmic = true, Min = 5 },
            [.. all.Select((r, i) => new MarkLayer(Shapes[i], [new Point(r.MeanDelay.TotalMilliseconds, r.Bytes)]) { Name = r.Name })]));
    }

    public override string Explanation =>
        "Polling is late by half its interval, and asks for nothing when nothing changed or misses what changed twice: whoever asks oftener trades bytes for delay. Long polling lets the question wait at the server, so the answer leaves with the change; each update still costs a request and a response with all their header fields. "
        + "Server-sent events are one response that never ends: 22 bytes an update. A WebSocket has two bytes of its own, and goes both ways. Half of the segments are acknowledgments. A delay is a wait, until a question or the change itself is on its way to tell, and the way: the wait belongs to how the client learns and comes out alike everywhere, the way holds a few milliseconds of this machine. Segments that a late timer sends again are not counted.";

    public override IReadOnlyList<string> Sources => ["RFC 6202", "RFC 6455, 5.2", "RFC 9112, 7.1", "HTML Living Standard, 9.2"];
}
