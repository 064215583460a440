using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;
using Xunit.Abstractions;

namespace NetLab.Tcp.Tests.Simulation;

/// <summary>A network that doubles segments is no reason to send faster.</summary>
public sealed class DuplicationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CongestionAlgorithm.Cubic, true)]
    [InlineData(CongestionAlgorithm.Cubic, false)]
    [InlineData(CongestionAlgorithm.NewReno, true)]
    [InlineData(CongestionAlgorithm.NewReno, false)]
    [InlineData(CongestionAlgorithm.Bbr, true)]
    [InlineData(CongestionAlgorithm.Bbr, false)]
    [Conformance(103, 173)]
    public void Losses_with_duplicates_cost_what_losses_alone_cost(CongestionAlgorithm algorithm, bool timestamps)
    {
        (double plain, _) = Measure(algorithm, timestamps, "delay=10ms,rate=100M,queue=250000,loss=1%");
        (double doubled, double undone) = Measure(algorithm, timestamps, "delay=10ms,rate=100M,queue=250000,loss=1%,duplicate=5%");
        output.WriteLine($"{algorithm}: {plain / 1e6:F2} Mbit/s, with duplicates {doubled / 1e6:F2}; {undone:P0} of the recoveries undone");
        Assert.InRange(doubled / plain, 0.9, 1.1);

        // RFC 3708: the copy of a retransmission cannot be told from a retransmission too many; no other copy undoes anything.
        Assert.InRange(undone, 0, 0.1);
    }

    private static (double Rate, double Undone) Measure(CongestionAlgorithm algorithm, bool timestamps, string text)
    {
        // Several seeds, as what a loss costs depends on when it comes.
        const int Seeds = 4;
        const int Seconds = 40;
        long bytes = 0;
        long undone = 0;
        long recoveries = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Assert.True(LinkDescription.TryParse(text, out LinkDescription link, out string? error), error);
            var options = new ConnectionOptions { Congestion = algorithm, Timestamps = timestamps, ReceiveBufferSize = 4 << 20 };
            var pair = new SimulatedPair(link, seed, options, options);
            Assert.True(pair.Run(() => pair.Server is { IsEstablished: true }, TimeSpan.FromSeconds(20)));
            pair.Server!.KeepsReceived = false;
            byte[] piece = new byte[4 << 20];
            int seconds = algorithm == CongestionAlgorithm.Bbr ? Seconds / 10 : Seconds;
            pair.Run(
                () =>
                {
                    if (pair.Client.Written - pair.Client.Acknowledged < piece.Length)
                    {
                        pair.Client.Write(piece);
                    }

                    return false;
                },
                TimeSpan.FromSeconds(seconds));
            bytes += pair.Server.ReceivedBytes / seconds;
            undone += pair.Client.Connection!.Statistics.SpuriousRecoveries;
            recoveries += pair.Client.Connection.Statistics.FastRecoveries;
        }

        return (8.0 * bytes / Seeds, (double)undone / Math.Max(1, recoveries));
    }
}
