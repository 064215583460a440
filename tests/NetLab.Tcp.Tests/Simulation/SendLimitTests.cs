using NetLab.Tcp.Counters;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Tcp.Tests.Simulation;

public sealed class SendLimitTests
{
    [Theory]
    [InlineData("window", "delay=50ms", 20_000, 1 << 20, SendLimit.ReceiveWindow)]
    [InlineData("buffer", "delay=50ms", 1 << 20, 20_000, SendLimit.SendBuffer)]
    [InlineData("congestion", "delay=50ms,rate=5M,queue=30K", 4 << 20, 4 << 20, SendLimit.CongestionWindow)]
    [InlineData("application", "delay=1ms", 1 << 20, 1 << 20, SendLimit.Application)]
    public void What_binds_a_flow_has_most_of_its_time(string what, string link, int receiveBuffer, int sendBuffer, SendLimit expected)
    {
        Assert.True(LinkDescription.TryParse(link, out LinkDescription description, out string? error), error);
        var pair = new SimulatedPair(
            description, 3, new ConnectionOptions { SendBufferSize = sendBuffer, Pacing = false }, new ConnectionOptions { ReceiveBufferSize = receiveBuffer });
        int written = 0;
        for (int millisecond = 0; millisecond < 10_000; millisecond++)
        {
            if (what == "application")
            {
                pair.Client.Write(new byte[100]);
            }
            else
            {
                // As a pipe does: more is written whenever the buffer has room.
                int room = (int)Math.Min(1 << 16, sendBuffer - (written - pair.Client.Acknowledged));
                pair.Client.Write(new byte[Math.Max(0, room)]);
                written += Math.Max(0, room);
            }

            pair.Advance(TimeSpan.FromMilliseconds(1));
        }

        SendLimitTimes times = pair.Client.Connection!.Statistics.LimitsAt(pair.Network.Now);
        TimeSpan own = expected switch
        {
            SendLimit.ReceiveWindow => times.ReceiveWindow,
            SendLimit.SendBuffer => times.SendBuffer,
            SendLimit.CongestionWindow => times.CongestionWindow,
            _ => times.Application,
        };
        Assert.True(own > 0.8 * times.Total, times.ToString());

        // Every moment after the handshake counts for something, once.
        Assert.InRange(times.Total.TotalSeconds, 9.8, 10);
    }

    [Fact]
    public void A_paced_flow_on_an_open_path_waits_for_its_turn()
    {
        var pair = new SimulatedPair(
            new LinkDescription { Up = new LinkDirection { Delay = TimeSpan.FromMilliseconds(50) }, Down = new LinkDirection { Delay = TimeSpan.FromMilliseconds(50) } },
            3,
            new ConnectionOptions { Pacing = true, SendBufferSize = 64 << 20, Congestion = CongestionAlgorithm.Bbr },
            new ConnectionOptions { ReceiveBufferSize = 64 << 20 });
        pair.Client.Write(new byte[50_000_000]);
        pair.Advance(TimeSpan.FromSeconds(1));
        SendLimitTimes times = pair.Client.Connection!.Statistics.LimitsAt(pair.Network.Now);
        Assert.True(times.Pacing > TimeSpan.FromMilliseconds(100), times.ToString());
    }
}
