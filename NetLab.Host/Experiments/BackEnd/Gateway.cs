using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>What stands before a service: a token bucket, clients that ask again, and a circuit breaker.</summary>
internal sealed class Gateway : Experiment
{
    private const double Asked = 300;
    private const int Clients = 200;
    private const int Retries = 3;
    private const string NoBucket = "everything is admitted";
    private const string NoBackoff = "who backs off does not wait";
    private const string NoBreaker = "the breaker never opens";

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FailsAt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealsAt = TimeSpan.FromSeconds(15);

    private static readonly Parameter<int> Rate = Parameter.Count("rate", "tokens a second", 100, 1, 1_000);
    private static readonly Parameter<int> Burst = Parameter.Count("burst", "tokens the bucket holds", 50, 1, 1_000);

    public override string Name => "gateway";

    public override string Title => "Before the service";

    public override string Summary => "A token bucket of 50 tokens that gets 100 a second before a service that is asked 300 times a second; then 200 clients whose service is gone for 10 s, who ask again at once, later and later, or not at all while a breaker is open.";

    public override string Question =>
        "How many of 3,000 requests in 10 s does the bucket let through? The service fails for ten seconds and each client tries again three times: how many requests a second does it get, at once and with back-off? And with a breaker?";

    public override IReadOnlyList<Parameter> Parameters => [Rate, Burst];

    public override IReadOnlyList<Mutation> Mutations => [new(NoBucket) { IsOwn = true }, new(NoBackoff) { IsOwn = true }, new(NoBreaker) { IsOwn = true }];

    public override bool HasChance => true;

    public override void Run(Bench bench)
    {
        double seconds = 10;
        int admitted = Admitted(bench, seconds);
        bench.LawBetween("requests the bucket admits in 10 s", admitted, (bench.Get(Rate) * seconds) + bench.Get(Burst) - 2, (bench.Get(Rate) * seconds) + bench.Get(Burst) + 1, "", "r · t + b (RFC 2697, 3)");

        Trial storm = Try(bench, Retry(bench, TimeSpan.Zero, DelayBackoffType.Constant));
        Trial patient = Try(bench, bench.IsBroken(NoBackoff) ? Retry(bench, TimeSpan.Zero, DelayBackoffType.Constant) : Retry(bench, TimeSpan.FromSeconds(1), DelayBackoffType.Exponential));
        Trial guarded = Try(bench, bench.IsBroken(NoBreaker) ? Retry(bench, TimeSpan.Zero, DelayBackoffType.Constant) : Breaker);
        bench.Law("requests a second while it fails, asked again at once ÷ before", storm.During / storm.Before, 1 + Retries, 0.05, "times", "1 + retries: every call fails and is repeated at once", isRandom: true);
        bench.LawBetween("the same with exponential back-off", patient.During / patient.Before, 0.4, 1.6, "times", "a client that waits 1, 2, 4 s asks seldomer than one that is answered", isRandom: true);
        bench.LawBetween("the same with a circuit breaker", guarded.During / guarded.Before, 0, 0.15, "times", "open, it lets nothing through but a try now and then", isRandom: true);
        bench.LawBetween("busiest tenth of a second, at once ÷ back-off", storm.Peak / patient.Peak, 2, double.PositiveInfinity, "times", "retries at once come together (Brooker 2015)", isRandom: true);
        bench.LawBetween("seconds after the healing until the breaker lets through", guarded.OpenAfterHealing, 0, 1.2, "s", "one break of a second at most", isRandom: true);
        bench.Picture("load", "Requests that the service gets", () => new Chart("it fails from 5 to 15 s", new Axis("time", "s") { Min = 0, Max = Length.TotalSeconds }, new Axis("requests", "1/s") { Min = 0 },
            [new LineLayer(storm.Curve) { Name = "again at once" }, new LineLayer(patient.Curve) { Name = "with back-off and jitter" }, new LineLayer(guarded.Curve) { Name = "with a breaker" }]));
    }

    public override string Explanation =>
        "The bucket holds what was not used, up to b: whatever comes, no more than r · t + b pass in any time t. Retries multiply what a service gets at the moment at which it can bear least: four times as much when every call is repeated three times at once. Who waits longer each time, by an amount that chance decides, spreads it out, and in sum asks less than in good times. "
        + "A breaker needs only to see that most calls fail: it answers in the service's place, tries once a second, and closes when the try succeeds.";

    public override IReadOnlyList<string> Sources => ["RFC 2697", "Brooker 2015 (exponential backoff and jitter)", "Nygard 2007 (circuit breaker)"];

    private static int Admitted(Bench bench, double seconds)
    {
        LabNetwork network = bench.NewNetwork();
        Random random = bench.NewRandom();
        double tokens = bench.Get(Burst);
        double at = 0;
        int admitted = 0;
        void Ask()
        {
            double now = network.Now.TotalSeconds;
            tokens = Math.Min(bench.Get(Burst), tokens + ((now - at) * bench.Get(Rate)));
            at = now;
            if (tokens >= 1 || bench.IsBroken(NoBucket))
            {
                tokens--;
                admitted++;
            }

            network.In(TimeSpan.FromSeconds(random.NextExponential(1 / Math.Max(Asked, 3 * bench.Get(Rate)))), Ask);
        }

        Ask();
        network.RunUntil(TimeSpan.FromSeconds(seconds));
        return admitted;
    }

    private static Func<LabNetwork, ResiliencePipeline> Retry(Bench bench, TimeSpan delay, DelayBackoffType kind) => network =>
    {
        Random random = bench.NewRandom();
        return new ResiliencePipelineBuilder { TimeProvider = new NetworkTimeProvider(network) }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Retries,
                Delay = delay,
                BackoffType = kind,
                UseJitter = delay > TimeSpan.Zero,
                Randomizer = random.NextDouble,
            })
            .Build();
    };

    private static ResiliencePipeline Breaker(LabNetwork network) => new ResiliencePipelineBuilder { TimeProvider = new NetworkTimeProvider(network) }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(1),
            BreakDuration = TimeSpan.FromSeconds(1),
        })
        .Build();

    // Clients call, wait for the end of the call, and call again a second later, more or less.
    private static Trial Try(Bench bench, Func<LabNetwork, ResiliencePipeline> make)
    {
        LabNetwork network = bench.NewNetwork();
        Random random = bench.NewRandom();
        ResiliencePipeline pipeline = make(network);
        var calls = new List<TimeSpan>();
        TimeSpan? first = null;
        for (int client = 0; client < Clients; client++)
        {
            network.At(TimeSpan.FromSeconds(random.NextDouble()), () => _ = CallAsync());
        }

        async Task CallAsync()
        {
            try
            {
                await pipeline.ExecuteAsync(_ => ServeAsync()).ConfigureAwait(false);
            }
            catch (Exception error) when (error is ServiceGoneException or BrokenCircuitException)
            {
                // The client's user sees it; what is counted is what the service gets.
            }

            network.In(TimeSpan.FromSeconds(0.5 + random.NextDouble()), () => _ = CallAsync());
        }

        ValueTask ServeAsync()
        {
            calls.Add(network.Now);
            if (network.Now >= FailsAt && network.Now < HealsAt)
            {
                throw new ServiceGoneException();
            }

            first ??= network.Now >= HealsAt ? network.Now : null;
            return ValueTask.CompletedTask;
        }

        network.RunUntil(Length);
        double Mean(double from, double to) => calls.Count(c => c.TotalSeconds >= from && c.TotalSeconds < to) / (to - from);
        return new Trial(
            Mean(2, 5),
            Mean(7, 15),
            Enumerable.Range(50, 100).Max(i => Mean(i / 10.0, (i + 1) / 10.0)),
            ((first ?? Length) - HealsAt).TotalSeconds,
            [.. Enumerable.Range(0, (int)Length.TotalSeconds * 4).Select(i => new Point(i / 4.0, Mean(i / 4.0, (i + 1) / 4.0)))]);
    }

    private sealed record Trial(double Before, double During, double Peak, double OpenAfterHealing, IReadOnlyList<Point> Curve);

    private sealed class ServiceGoneException : Exception;
}
