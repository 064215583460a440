using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Options;

public sealed class ConnectionOptionsTests
{
    public static TheoryData<string, ConnectionOptions> Wrong => new()
    {
        { "MaxSegmentSize", new() { MaxSegmentSize = 87 } },
        { "MaxSegmentSize", new() { MaxSegmentSize = 65_488 } },
        { "ReceiveBufferSize", new() { ReceiveBufferSize = 1023 } },
        { "SendBufferSize", new() { SendBufferSize = (1 << 30) + 1 } },
        { "UnsentLowWaterMark", new() { UnsentLowWaterMark = 0 } },
        { "Congestion", new() { Congestion = (CongestionAlgorithm)99 } },
        { "Ecn", new() { Ecn = (EcnMode)99 } },
        { "QuickAcknowledgments", new() { QuickAcknowledgments = -1 } },
        { "KeepAlive", new() { KeepAlive = TimeSpan.Zero } },
        { "KeepAliveInterval", new() { KeepAliveInterval = TimeSpan.Zero } },
        { "KeepAliveProbes", new() { KeepAliveProbes = 0 } },
        { "DelayedAcknowledgment", new() { DelayedAcknowledgment = TimeSpan.FromMilliseconds(501) } },
        { "OrphanTimeout", new() { OrphanTimeout = TimeSpan.Zero } },
        { "UserTimeout", new() { UserTimeout = TimeSpan.Zero } },
        { "retransmissions", new() { MaxSynRetransmissions = -1 } },
        { "retransmission timeouts", new() { MinRetransmissionTimeout = TimeSpan.FromSeconds(61) } },
        { "durations", new() { MaxSegmentLifetime = TimeSpan.FromSeconds(-1) } },
        { "durations", new() { ChallengeInterval = TimeSpan.FromDays(366) } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_out_of_its_range_is_named_in_one_line(string what, ConnectionOptions options)
    {
        string? problem = options.Validate();
        Assert.Contains(what, problem);
        Assert.DoesNotContain('\n', problem!);
        Assert.Throws<ArgumentException>(() => ConnectionScript.Connecting(options));
    }

    [Fact]
    public void What_stands_in_the_defaults_is_in_its_range() => Assert.Null(new ConnectionOptions().Validate());
}
