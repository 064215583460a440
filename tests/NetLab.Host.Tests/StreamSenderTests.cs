using System.Net;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Streams;
using NetLab.Host.Settings;
using NetLab.Tcp.Counters;

namespace NetLab.Host.Tests;

/// <summary>What a sender tells of its windows, however short the run is.</summary>
public sealed class StreamSenderTests
{
    [Fact]
    public async Task A_run_that_is_over_before_anybody_looks_has_a_sample()
    {
        var plan = new PerfSettings(LabTransport.Tcp, 1400, 2) { Bytes = 1000, WarmUp = TimeSpan.Zero };
        PerfSenderReport report = await new StreamSender([new AtOnce(), new AtOnce()], plan).RunAsync(CancellationToken.None, CancellationToken.None);
        PerfIntervalSum sample = Assert.Single(report.Samples!);
        Assert.Equal((2 * AtOnce.Window, 2 * AtOnce.Resent), (sample.SndCwnd, sample.Retransmits));
        Assert.Equal(1000, report.Sum.Bytes);
    }

    // Its last byte is gone before its first call returns.
    private sealed class AtOnce : PerfConnection
    {
        public const long Window = 14_000;
        public const long Resent = 3;

        private long _retransmissions;

        public override EndPoint? Peer => null;

        public override long Retransmissions => _retransmissions;

        public override long? Acknowledged => null;

        public override long CongestionWindow => Window;

        public override TimeSpan RoundTrip => TimeSpan.FromMilliseconds(1);

        public override PerfSenderState State => default;

        public override SendLimitTimes? Limits => null;

        public override string? Congestion => "reno";

        public override async Task SendPatternAsync(Func<long, ValueTask<long>> more, CancellationToken cancellationToken)
        {
            // Nothing here waits, so that all of it is done in the first call.
            long sent = 0;
            while (await more(sent) is > 0 and var next)
            {
                sent += next;
            }

            _retransmissions = Resent;
        }

        public override Task ReceivePatternAsync(PatternCheck check, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task PingPongAsync(ReadOnlyMemory<byte> message, Func<ValueTask<bool>> more, Action<TimeSpan, bool> onRoundTrip, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task EchoAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task EndAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task<byte[]> ReadLineAsync(int longest, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Abort()
        {
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
