using System.Net;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>What stands before a service: a reverse proxy (YARP) with a token bucket and a circuit breaker, and clients that ask again (Polly).</summary>
internal sealed class Gateway : Experiment
{
    private const double Asked = 300;
    private const int Clients = 100;
    private const int Retries = 3;
    private const string NoBucket = "everything is admitted";
    private const string NoBackoff = "who backs off does not wait";
    private const string NoRetry = "nobody asks again";
    private const string LongBreak = "the breaker stays open for seven seconds";
    private const string NoBreaker = "the breaker never opens";

    // What the service takes for an answer.
    private static readonly TimeSpan ServiceTime = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FailsAt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HealsAt = TimeSpan.FromSeconds(15);

    private static readonly Parameter<int> Rate = Parameter.Count("rate", "tokens a second", 100, 1, 1_000);
    private static readonly Parameter<int> Burst = Parameter.Count("burst", "tokens the bucket holds", 50, 1, 1_000);

    public override string Name => "gateway";

    public override string Title => "Before the service";

    public override double TypicalSeconds => 0.5;

    public override string Summary => "YARP before a service, with a token bucket of 50 tokens that gets 100 a second, asked 300 times a second. Then 100 clients whose service fails for 10 s: they ask again at once, later and later, or at once while a breaker in the gateway is open.";

    public override string Question =>
        "How many of 3,000 requests in 10 s does the bucket let through? The service fails for ten seconds and each client tries again three times: how many requests a second does it get, at once and with back-off? And with a breaker?";

    public override IReadOnlyList<Parameter> Parameters => [Rate, Burst];

    public override IReadOnlyList<Mutation> Mutations => [new(NoBucket) { IsOwn = true }, new(NoBackoff) { IsOwn = true }, new(NoBreaker) { IsOwn = true }, new(NoRetry) { IsOwn = true }, new(LongBreak) { IsOwn = true }];

    public override bool HasChance => true;

    public override void Run(Bench bench)
    {
        double seconds = 10;
        int admitted = Admitted(bench, seconds);
        bench.LawBetween("requests the bucket admits in 10 s", admitted, (bench.Get(Rate) * seconds) + bench.Get(Burst) - 2, (bench.Get(Rate) * seconds) + bench.Get(Burst) + 1, "", "r · t + b (RFC 2697, 3)");

        Trial storm = Try(bench, isPatient: false, isGuarded: false);
        Trial patient = Try(bench, isPatient: !bench.IsBroken(NoBackoff), isGuarded: false);
        Trial guarded = Try(bench, isPatient: false, isGuarded: !bench.IsBroken(NoBreaker));
        bench.Law("requests a second while it fails, asked again at once ÷ before", storm.During / storm.Before, 1 + Retries, 0.05, "times", "1 + retries: every call fails and is repeated at once", isRandom: true);
        bench.LawBetween("the same with exponential back-off", patient.During / patient.Before, 0.4, 1.6, "times", "a client that waits 1, 2, 4 s asks seldomer than one that is answered", isRandom: true);
        bench.LawBetween("at once again, with a circuit breaker", guarded.During / guarded.Before, 0, 0.15, "times", "open, it lets nothing through but a try now and then", isRandom: true);
        bench.LawBetween("busiest tenth of a second, at once ÷ back-off", storm.Peak / patient.Peak, 2, double.PositiveInfinity, "times", "retries at once come together (Brooker 2015)", isRandom: true);
        bench.LawBetween("seconds after the healing until the breaker lets through", guarded.OpenAfterHealing, 0, 1.2, "s", "one break of a second at most", isRandom: true);
        bench.Picture("load", "Requests that the service gets", () => new Chart("it fails from 5 to 15 s", new Axis("time", "s") { Min = 0, Max = Length.TotalSeconds }, new Axis("requests", "1/s") { Min = 0 },
            [new LineLayer(storm.Curve) { Name = "again at once" }, new LineLayer(patient.Curve) { Name = "with back-off and jitter" }, new LineLayer(guarded.Curve) { Name = "at once, with a breaker" }]));
    }

    public override string Explanation =>
        "The bucket holds what was not used, up to b: whatever comes, no more than r · t + b pass in any time t. Retries multiply what a service gets at the moment at which it can bear least: four times as much when every call is repeated three times at once. Who waits longer each time, by an amount that chance decides, spreads it out, and in sum asks less than in good times. "
        + "A breaker needs only to see that most calls fail: it answers in the service's place, however often it is asked, tries once a second, and closes when the try succeeds. The parts are those that services use: ASP.NET Core's pipeline, YARP, Polly; only the clock is the lab's.";

    public override IReadOnlyList<string> Sources => ["RFC 2697", "Brooker 2015 (exponential backoff and jitter)", "Nygard 2007 (circuit breaker)", "RFC 6585, 4 (429)"];

    private static int Admitted(Bench bench, double seconds)
    {
        LabNetwork network = bench.NewNetwork();
        Random random = bench.NewRandom();
        using var service = new Service(network, null);
        using var bucket = new VirtualTokenBucket(network, bench.Get(Rate), bench.Get(Burst));
        using var gateway = new VirtualGateway(network, service, bench.IsBroken(NoBucket) ? null : bucket);
        void Ask()
        {
            _ = gateway.AskAsync();
            network.In(TimeSpan.FromSeconds(random.NextExponential(1 / Math.Max(Asked, 3 * bench.Get(Rate)))), Ask);
        }

        Ask();
        network.RunUntil(TimeSpan.FromSeconds(seconds));
        return service.Calls.Count;
    }

    // A client asks again where the answer is an error: at once, or later and later, by an amount that chance decides.
    private static ResiliencePipeline<int> Retry(Bench bench, LabNetwork network, bool isPatient)
    {
        Random random = bench.NewRandom();
        return new ResiliencePipelineBuilder<int> { TimeProvider = new NetworkTimeProvider(network) }
            .AddRetry(new RetryStrategyOptions<int>
            {
                ShouldHandle = answer => ValueTask.FromResult(answer.Outcome.Result >= 500 && !bench.IsBroken(NoRetry)),
                MaxRetryAttempts = Retries,
                Delay = isPatient ? TimeSpan.FromSeconds(1) : TimeSpan.Zero,
                BackoffType = isPatient ? DelayBackoffType.Exponential : DelayBackoffType.Constant,
                UseJitter = isPatient,
                Randomizer = random.NextDouble,
            })
            .Build();
    }

    private static ResiliencePipeline<HttpResponseMessage> Breaker(Bench bench, LabNetwork network) => new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = new NetworkTimeProvider(network) }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = static answer => ValueTask.FromResult(answer.Outcome.Result is { IsSuccessStatusCode: false }),
            FailureRatio = 0.5,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(1),
            BreakDuration = TimeSpan.FromSeconds(bench.IsBroken(LongBreak) ? 7 : 1),
        })
        .Build();

    // Clients call, wait for the end of the call, and call again a second later, more or less.
    private static Trial Try(Bench bench, bool isPatient, bool isGuarded)
    {
        LabNetwork network = bench.NewNetwork();
        Random random = bench.NewRandom();
        ResiliencePipeline<int> client = Retry(bench, network, isPatient);
        using var service = new Service(network, isGuarded ? Breaker(bench, network) : null) { FailsFrom = FailsAt, FailsUntil = HealsAt };
        using var gateway = new VirtualGateway(network, service);
        for (int i = 0; i < Clients; i++)
        {
            network.At(TimeSpan.FromSeconds(random.NextDouble()), () => _ = CallAsync());
        }

        async Task CallAsync()
        {
            await client.ExecuteAsync(_ => new ValueTask<int>(gateway.AskAsync())).ConfigureAwait(false);
            network.In(TimeSpan.FromSeconds(0.5 + random.NextDouble()), () => _ = CallAsync());
        }

        network.RunUntil(Length);
        double[] calls = [.. service.Calls.Select(c => c.TotalSeconds)];
        double Mean(double from, double to) => calls.Count(c => c >= from && c < to) / (to - from);
        double first = calls.Where(c => c >= HealsAt.TotalSeconds).DefaultIfEmpty(Length.TotalSeconds).First();
        return new Trial(
            Mean(2, 5),
            Mean(7, 15),
            Enumerable.Range(50, 100).Max(i => Mean(i / 10.0, (i + 1) / 10.0)),
            first - HealsAt.TotalSeconds,
            [.. Enumerable.Range(0, (int)Length.TotalSeconds * 4).Select(i => new Point(i / 4.0, Mean(i / 4.0, (i + 1) / 4.0)))]);
    }

    private sealed record Trial(double Before, double During, double Peak, double OpenAfterHealing, IReadOnlyList<Point> Curve);

    /// <summary>The service, and the breaker in the gateway before it.</summary>
    private sealed class Service(LabNetwork network, ResiliencePipeline<HttpResponseMessage>? breaker) : HttpMessageHandler
    {
        public TimeSpan FailsFrom { get; init; } = TimeSpan.MaxValue;

        public TimeSpan FailsUntil { get; init; } = TimeSpan.MaxValue;

        /// <summary>When it was asked.</summary>
        public List<TimeSpan> Calls { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return breaker is null ? await ServeAsync().ConfigureAwait(false) : await breaker.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(ServeAsync()), cancellationToken).ConfigureAwait(false);
            }
            catch (BrokenCircuitException)
            {
                // The gateway answers in the service's place.
                return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            }
        }

        private Task<HttpResponseMessage> ServeAsync()
        {
            Calls.Add(network.Now);
            bool fails = network.Now >= FailsFrom && network.Now < FailsUntil;

            // Goes on within the event that ends it: nothing here knows of threads.
            var answered = new TaskCompletionSource<HttpResponseMessage>();
            network.In(ServiceTime, () => answered.SetResult(new HttpResponseMessage(fails ? HttpStatusCode.InternalServerError : HttpStatusCode.OK)));
            return answered.Task;
        }
    }
}
