using System.Diagnostics;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Streams;

/// <summary>The asking half of a measurement of round trips or of connections by streams.</summary>
internal sealed class StreamExchangeClient(PerfConnector connector, PerfSettings plan, PeerAnswer peer)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<LatencyHistogram> _roundTrips = [];
    private long _done;
    private long _wrong;

    /// <summary>Measures.</summary>
    /// <exception cref="IOException">Nobody answers there, or the answer is no.</exception>
    public async Task<PerfOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var connections = new List<PerfConnection>();
        try
        {
            int opened = plan.Mode == PerfMode.Latency ? plan.Streams : 1;
            int? port = null;
            var opening = new StreamOpening(connector, peer);
            for (int stream = 0; stream < opened; stream++)
            {
                var hello = new PerfHello(opened, plan.SegmentSize, 0) { Stream = stream, Mode = plan.Mode };
                port = (await opening.OpenAsync(connections, hello, cancellationToken).ConfigureAwait(false)).Port;
            }

            return await MeasureAsync(connections, port, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new IOException("the receiver did not answer in time", error);
        }
        finally
        {
            foreach (PerfConnection connection in connections)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<PerfOutcome> MeasureAsync(List<PerfConnection> connections, int? port, CancellationToken cancellationToken)
    {
        var run = new ExchangeRun(plan, cancellationToken);
        using var abort = new CancellationTokenSource();
        using CancellationTokenRegistration interrupted = cancellationToken.Register(() => abort.CancelAfter(Patience));
        Task working = plan.Mode == PerfMode.Latency
            ? Task.WhenAll(connections.Select(c => PingPongAsync(c, run, abort.Token)))
            : Task.WhenAll(Enumerable.Range(0, plan.Streams).Select(_ => RequestAsync(port, run, abort.Token)));
        await working.ConfigureAwait(false);
        (double seconds, double cpu) = run.End();
        if (plan.Mode == PerfMode.Connections)
        {
            await connections[0].EndAsync(cancellationToken).ConfigureAwait(false);
        }

        PerfMessage answer = await connections[0].ReadAsync(PerfConnection.LongestReport, abort.Token).WaitAsync(Patience, CancellationToken.None).ConfigureAwait(false);
        long done = Volatile.Read(ref _done);
        var roundTrips = new LatencyHistogram();
        _roundTrips.ForEach(roundTrips.Add);
        long bytes = done * Message.Bytes.Length;
        var report = new PerfReport(new PerfReceived(seconds, bytes, 0), answer.Report?.CpuPercent ?? 0, Volatile.Read(ref _wrong) == 0, 0, 0, []);
        return new PerfOutcome(new PerfSent(seconds, bytes, 0), cpu, report)
        {
            Congestion = connections[0].Congestion,
            Latency = plan.Mode == PerfMode.Latency ? LatencySummary.From(roundTrips) : null,
            ConnectionsPerSecond = plan.Mode == PerfMode.Connections && seconds > 0 ? done / seconds : null,
        };
    }

    private async Task PingPongAsync(PerfConnection connection, ExchangeRun run, CancellationToken abort)
    {
        var roundTrips = new LatencyHistogram();
        lock (_roundTrips)
        {
            _roundTrips.Add(roundTrips);
        }

        await connection.PingPongAsync(Message.Bytes, () => ValueTask.FromResult(run.More()), OnRoundTrip, abort).ConfigureAwait(false);

        void OnRoundTrip(TimeSpan roundTrip, bool right)
        {
            _ = right ? 0 : Interlocked.Increment(ref _wrong);
            if (run.Counts)
            {
                roundTrips.Record(roundTrip);
                Interlocked.Increment(ref _done);
            }
        }
    }

    private Task RequestAsync(int? port, ExchangeRun run, CancellationToken abort)
    {
        bool first = true;
        return connector.RequestAsync(port, Message.Bytes, More, abort);

        bool More(bool right)
        {
            if (!first)
            {
                _ = right ? 0 : Interlocked.Increment(ref _wrong);
                _ = run.Counts ? Interlocked.Increment(ref _done) : 0;
            }

            first = false;
            return run.More();
        }
    }

    /// <summary>The time of a run: a warm-up, and then what counts.</summary>
    private sealed class ExchangeRun(PerfSettings plan, CancellationToken cancellationToken)
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private readonly Lock _lock = new();
        private ProcessorTime? _processor;
        private long _from;

        /// <summary>Whether the warm-up is over.</summary>
        public bool Counts => Volatile.Read(ref _from) != 0;

        /// <summary>Whether there is time for another one.</summary>
        public bool More()
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
            if (elapsed >= plan.WarmUp && !Counts)
            {
                lock (_lock)
                {
                    if (_processor is null)
                    {
                        _processor = new ProcessorTime();
                        Volatile.Write(ref _from, Stopwatch.GetTimestamp());
                    }
                }
            }

            return elapsed < plan.WarmUp + plan.Time && !cancellationToken.IsCancellationRequested;
        }

        /// <summary>Seconds that counted, and how busy the process was in them.</summary>
        public (double Seconds, double Cpu) End() => Counts ? (Stopwatch.GetElapsedTime(_from).TotalSeconds, _processor!.Percent) : (0, 0);
    }
}
